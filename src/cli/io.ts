import type { Config } from '../config/config.ts';
import type { ChannelConfig } from '../core/channel-config.ts';
import type { LocalText } from '../core/local-text.ts';
import type { Provider } from '../providers/provider.ts';
import type { Lang } from '../texts/texts.ts';

/** The process as a command sees it; a test passes its own. */
export interface CliIo {
  /** Writes as it is: line ends are the caller's. */
  stdout(text: string): void;
  stderr(text: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The folder beside which `config.toml` is looked for; null: none. */
  readonly executableDir: string | null;
}

/** How one test message fared. */
export interface TestResult {
  /** null: the platform took it. */
  readonly error: LocalText | null;
  readonly platformCode: string | null;
  readonly durationMs: number;
}

export interface TestSender {
  /** false: the store cannot be used, so that a service which runs does not count what is sent here. */
  readonly countedByService: boolean;
  /** Never rejects; nothing in the result is secret. */
  send(channel: ChannelConfig): Promise<TestResult>;
  close(): Promise<void>;
}

export interface RunningSandbox {
  readonly url: string;
  /** A configuration that sends to it. */
  readonly toml: string;
  close(): Promise<void>;
}

/** What the commands need of other rooms. Each is loaded when it is first used, so that `-h` answers at once. */
export interface CliDeps {
  loadProviders(): Promise<readonly Provider[]>;
  runServe(options: {
    /** null: demo mode. */
    readonly config: Config | null;
    readonly warnings: readonly LocalText[];
    readonly lang: Lang;
    readonly cwd: string;
    readonly version: string;
  }): Promise<number>;
  openTestSender(text: string, config: Config): Promise<TestSender>;
  /** @throws with `code` `EADDRINUSE` and its like when it cannot listen. */
  startSandbox(port: number, lang: Lang): Promise<RunningSandbox>;
  /** Resolves at SIGINT or SIGTERM. */
  untilSignal(): Promise<void>;
  /** What this machine calls itself. */
  hostName(): string;
  /** Wall-clock ms. */
  nowMs(): number;
}

/** What every command gets. */
export interface CliContext {
  readonly io: CliIo;
  readonly deps: CliDeps;
  readonly lang: Lang;
}

/** Exit codes of the contract. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;
