import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { builtPeer } from './built-peers.ts';
import { startHelper } from './helper-process.ts';

/** What is measured: it takes texts at a URL, and costs processor time and memory. */
export interface Subject {
  readonly name: string;
  start(): Promise<RunningSubject>;
}

export interface RunningSubject {
  /** `http://127.0.0.1:PORT/api/text` */
  readonly url: string;
  /** All processes that do its work. */
  readonly pids: readonly number[];
  stop(): Promise<void>;
}

const MAIN = join(import.meta.dirname, '../../bin/postpoint.js');

/** As `npm start` has it. */
const NODE_FLAGS = ['--max-semi-space-size=16'];

export const bare: Subject = {
  name: 'bare node:http',
  async start() {
    const helper = startHelper(builtPeer('bare'));
    const { port } = await helper.ask<{ port: number }>({});
    return { url: textUrl(port), pids: [helper.pid], stop: helper.end };
  },
};

export interface ServiceOptions {
  /** Lines for the top of `config.toml`. */
  readonly settings?: string;
  readonly channels: readonly { readonly name: string; readonly url: string; readonly limits?: string }[];
  /** A folder with `data/` in it, used as it is and kept; without one: an empty one, gone at the end. */
  readonly folder?: string;
  /** A command in front of it, such as a tracer. */
  readonly front?: readonly string[];
}

/** What runs now: it ends with this process, unless that is killed. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Helpers end by themselves when nobody asks any more; these would not. */
function spawnSubject(...what: Parameters<typeof spawn>): ChildProcess {
  const child = spawn(...what);
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

const NO_LIMITS = 'rate_limit.minute.burst = 0\nrate_limit.rate.frequency = 0';

/** The service as users start it, with webhook channels. */
export function postpoint(name: string, options: ServiceOptions): Subject {
  return { name, start: () => startPostpoint(options) };
}

async function startPostpoint(options: ServiceOptions): Promise<RunningSubject> {
  const { settings = '', channels, front = [] } = options;
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'postpoint-bench-'));
  const tables = channels.map(
    ({ name, url, limits = NO_LIMITS }) =>
      `[channel.${name}]\nprovider = "webhook"\nendpoint.url = "${url}"\n${limits}\n`,
  );
  writeFileSync(join(folder, 'config.toml'), `api.port = 0\n${settings}\n${tables.join('\n')}`, {
    mode: 0o600,
  });
  // As under a service manager: what it prints goes to a file, and costs what it costs.
  const outputFile = join(folder, 'output');
  const output = openSync(outputFile, 'w');
  const [command = process.execPath, ...rest] = [...front, process.execPath, ...NODE_FLAGS, MAIN, 'serve'];
  const child = spawnSubject(command, rest, { cwd: folder, stdio: ['ignore', output, output] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await untilPrinted(
    outputFile,
    /http:\/\/[^\s/]+:(\d+)\/api\/text/,
    () => child.exitCode !== null,
  );
  return {
    url: textUrl(Number(url)),
    pids: [child.pid ?? -1],
    async stop() {
      child.kill('SIGKILL');
      await ended;
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The durable accept that comes to mind first: one transaction for each request. @param front a command in front of it. */
export function oneTransaction(front: readonly string[]): Subject {
  return {
    name: 'one transaction per request',
    async start() {
      const folder = mkdtempSync(join(tmpdir(), 'postpoint-bench-'));
      const helper = startHelper(builtPeer('one-transaction'), [join(folder, 'store.db')], front);
      const { port } = await helper.ask<{ port: number }>({});
      return {
        url: textUrl(port),
        pids: [helper.pid],
        async stop() {
          await helper.end();
          rmSync(folder, { recursive: true, force: true });
        },
      };
    },
  };
}

/** Takes no messages: it sends as fast as it can. */
export function undiciCeiling(sinkUrl: string): Subject {
  return {
    name: 'undici alone',
    async start() {
      const helper = startHelper(builtPeer('undici-ceiling'), [sinkUrl]);
      await helper.ask({});
      return { url: sinkUrl, pids: [helper.pid], stop: helper.end };
    },
  };
}

/** @param sinkUrl null: messages are only accepted. */
export function bullmq(name: string, appendfsync: 'always' | 'everysec', sinkUrl: string | null): Subject {
  return {
    name,
    async start() {
      const folder = mkdtempSync(join(tmpdir(), 'postpoint-bench-redis-'));
      const port = await freePort();
      const redis = spawnSubject(
        'redis-server',
        [
          ...['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--save', ''],
          ...['--appendonly', 'yes', '--appendfsync', appendfsync],
        ],
        { stdio: 'ignore' },
      );
      const ended = new Promise<void>((resolve) => redis.once('exit', () => resolve()));
      const helper = startHelper(builtPeer('bullmq'), [String(port), sinkUrl ?? '']);
      const answer = await helper.ask<{ port: number }>({});
      return {
        url: textUrl(answer.port),
        pids: [helper.pid, redis.pid ?? -1],
        async stop() {
          await helper.end();
          redis.kill('SIGKILL');
          await ended;
          rmSync(folder, { recursive: true, force: true });
        },
      };
    },
  };
}

/** @returns why the usual alternative cannot be measured here, or null. */
export function redisMissing(): string | null {
  return spawnSync('redis-server', ['--version']).error === undefined
    ? null
    : 'redis-server is not installed';
}

function textUrl(port: number): string {
  return `http://127.0.0.1:${port}/api/text`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** A start is measured no finer than this. */
const LOOK_EVERY_MS = 2;

async function untilPrinted(file: string, pattern: RegExp, hasEnded: () => boolean): Promise<string> {
  for (;;) {
    const printed = readFileSync(file, 'utf8');
    const found = pattern.exec(printed)?.[1];
    if (found !== undefined) return found;
    if (hasEnded()) throw new Error(`it did not start:\n${printed}`);
    await sleep(LOOK_EVERY_MS);
  }
}
