import type { ServerResponse } from 'node:http';

/** Pages that watch; a page that does not read is cut off and starts over. */
export interface LiveEvents {
  open(response: ServerResponse): void;
  send(event: string, data: unknown): void;
  close(): void;
}

const MAX_WATCHERS = 50;
const MAX_UNREAD_BYTES = 4 * 1024 * 1024;

export function liveEvents(): LiveEvents {
  const watchers = new Set<ServerResponse>();
  return {
    open(response) {
      if (watchers.size >= MAX_WATCHERS) {
        response.writeHead(503).end();
        return;
      }
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      });
      response.write('retry: 1000\n\n');
      watchers.add(response);
      response.on('close', () => watchers.delete(response));
    },
    send(event, data) {
      if (watchers.size === 0) return;
      const frame = `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
      for (const watcher of watchers) {
        if (watcher.writableLength > MAX_UNREAD_BYTES) watcher.destroy();
        else watcher.write(frame);
      }
    },
    close() {
      for (const watcher of watchers) watcher.destroy();
      watchers.clear();
    },
  };
}
