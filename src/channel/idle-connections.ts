import { type Connection, MAX_IDLE_MS } from './connection.ts';

interface IdleConnections {
  /** The connection used last under that key, or null. Whoever takes one owns it. */
  take(key: string, nowMs: number): Connection | null;
  put(key: string, connection: Connection, nowMs: number): void;
  close(): void;
}

/** Open connections between two requests. There is no waiting in here: none free means a new one. */
export function createIdleConnections(): IdleConnections {
  const idle = new Map<string, { connection: Connection; sinceMs: number }[]>();
  /** A connection comes back after each of its requests and is listened to once. */
  const watched = new WeakSet<Connection>();

  return {
    take(key, nowMs) {
      for (;;) {
        const last = idle.get(key)?.pop();
        if (!last) return null;
        // That the server has closed it may stand in bytes that nobody has read yet. undici reads for one turn of the
        // event loop before it writes on a used socket; a request caught by that has not been started.
        if (last.connection.isOpen() && nowMs - last.sinceMs < MAX_IDLE_MS) return last.connection;
        void last.connection.client.destroy();
      }
    },
    put(key, connection, nowMs) {
      if (!connection.isOpen()) return;
      const list = idle.get(key) ?? [];
      list.push({ connection, sinceMs: nowMs });
      idle.set(key, list);
      if (watched.has(connection)) return;
      watched.add(connection);
      connection.client.once('disconnect', () => forget(key, connection));
    },
    close() {
      for (const list of idle.values()) {
        for (const { connection } of list) void connection.client.destroy();
      }
      idle.clear();
    },
  };

  function forget(key: string, connection: Connection): void {
    const list = idle.get(key)?.filter((entry) => entry.connection !== connection);
    if (list && list.length > 0) idle.set(key, list);
    else idle.delete(key);
  }
}
