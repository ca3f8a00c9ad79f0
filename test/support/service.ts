import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const MAIN = join(import.meta.dirname, '../../bin/postpoint.js');

/** A working directory of its own with a `config.toml`; gone after `remove`. */
export interface Workplace {
  readonly folder: string;
  remove(): void;
}

/** @param configToml null: no configuration, so demo mode. */
export function createWorkplace(configToml: string | null): Workplace {
  const folder = mkdtempSync(join(tmpdir(), 'postpoint-e2e-'));
  if (configToml !== null) writeFileSync(join(folder, 'config.toml'), configToml, { mode: 0o600 });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface RunningService {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly process: ChildProcess;
  /** Everything it has printed so far. */
  output(): string;
  /** Resolves with the exit code, or the signal's name, however it ends. */
  readonly exited: Promise<number | string>;
  /** @returns the exit code, or the signal's name. */
  end(signal: NodeJS.Signals): Promise<number | string>;
}

/** The command ended, or said nothing for too long, before it listened. */
export class StartFailure extends Error {
  /** The exit code, or the signal's name; null when it was still running. */
  readonly end: number | string | null;
  readonly output: string;

  constructor(end: number | string | null, output: string) {
    super(`the service did not start (${end ?? 'no answer'}):\n${output}`);
    this.name = 'StartFailure';
    this.end = end;
    this.output = output;
  }
}

/** As `npm start` has it: V8's young generation stays smaller than by default, which saves 30 MiB under load. */
const NODE_FLAGS = ['--max-semi-space-size=16'];

/** Only tells a hang from a slow start: on a busy machine a start takes long. */
const START_TIMEOUT_MS = 120_000;

/**
 * Starts the real command as a process of its own and waits until it listens.
 *
 * @throws StartFailure
 * @param front a command that runs it, such as a tracer; signals must reach the service all the same.
 */
export async function startService(
  { folder }: Workplace,
  args: readonly string[] = ['serve'],
  env: Readonly<Record<string, string>> = {},
  front: readonly string[] = [],
): Promise<RunningService> {
  const { child, output, exited } = spawnPostpoint(folder, args, env, front);
  const started = Date.now();
  for (;;) {
    const port = /:(\d+)\/api\/text/.exec(output())?.[1];
    if (port !== undefined) {
      return {
        url: `http://127.0.0.1:${port}`,
        process: child,
        output,
        exited,
        async end(signal) {
          child.kill(signal);
          return exited;
        },
      };
    }
    const end = child.exitCode ?? child.signalCode;
    if (end !== null || Date.now() - started > START_TIMEOUT_MS) {
      child.kill('SIGKILL');
      throw new StartFailure(end, output());
    }
    await sleep(10);
  }
}

/** Runs a command to its end. */
export async function runPostpoint(
  { folder }: Workplace,
  args: readonly string[],
): Promise<{ code: number | string; output: string }> {
  const { output, exited } = spawnPostpoint(folder, args);
  return { code: await exited, output: output() };
}

function spawnPostpoint(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  front: readonly string[] = [],
) {
  const [command = process.execPath, ...rest] = [...front, process.execPath, ...NODE_FLAGS, MAIN, ...args];
  const child = spawn(command, rest, {
    cwd: folder,
    env: { ...process.env, LC_ALL: 'zh_CN.UTF-8', ...env },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => {
      text += chunk;
    });
  }
  // A test that fails half-way must not leave its service behind.
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  const exited = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => {
      process.off('exit', killWithUs);
      resolve(code ?? signal ?? -1);
    });
  });
  return { child, output: () => text, exited };
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: {
    readonly code: string;
    readonly msg: string;
    readonly id: string;
    readonly request_id?: string;
  };
}

/** One `POST /api/text` with a JSON body. */
export async function postText(
  url: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<ApiAnswer> {
  const response = await fetch(`${url}/api/text`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as ApiAnswer['body'] };
}

/** Asks again and again until `check` gives something other than undefined. */
export async function eventually<T>(
  what: string,
  check: () => Promise<T | undefined> | T | undefined,
  timeoutMs = 15_000,
): Promise<T> {
  const started = Date.now();
  for (;;) {
    const found = await check();
    if (found !== undefined) return found;
    if (Date.now() - started > timeoutMs) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await sleep(20);
  }
}
