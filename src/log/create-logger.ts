import sonicBoom from 'sonic-boom';
import { LOG_LEVELS, type LogLevel } from '../core/log-level.ts';
import { formatLine, rememberSecond } from './format-line.ts';
import { type LineSink, MAX_WAITING_BYTES, sinkOf } from './line-sink.ts';
import { openLogFiles } from './log-files.ts';
import type { LogFields, Logger } from './logger.ts';

/** A logger and the means to end it well. */
export interface ServiceLogger extends Logger {
  /** Resolves once every line is out, after one second at the latest. Never rejects. */
  flush(): Promise<void>;
  /** `flush`, then closes; later lines are dropped. Never rejects. */
  close(): Promise<void>;
}

export interface LoggerOptions {
  /** Write to standard output. */
  readonly console: boolean;
  /** Absolute path of the folder for log files; null = no files. */
  readonly folder: string | null;
  readonly level: LogLevel;
  /** Wall-clock ms. */
  readonly nowMs?: () => number;
  /** Where console lines go; a test passes its own. */
  readonly consoleSink?: LineSink;
}

/**
 * Opens the service log. Lines go out in the background and never throw.
 *
 * @throws when the folder for log files cannot be written.
 */
export function createLogger(options: LoggerOptions): ServiceLogger {
  const sinks: LineSink[] = [];
  if (options.console) sinks.push(options.consoleSink ?? openConsole());
  if (options.folder !== null) sinks.push(openLogFiles(options.folder));
  const lowest = LOG_LEVELS.indexOf(options.level);
  const nowMs = options.nowMs ?? Date.now;
  const timeText = rememberSecond();
  const logAt = (level: LogLevel) => {
    if (LOG_LEVELS.indexOf(level) < lowest) return () => {};
    return (subject: string, text: string, fields?: LogFields) => {
      const line = formatLine({ timeMs: nowMs(), level, subject, text, fields }, timeText);
      for (const sink of sinks) sink.write(line);
    };
  };
  return {
    debug: logAt('debug'),
    info: logAt('info'),
    warn: logAt('warn'),
    error: logAt('error'),
    flush: async () => void (await Promise.all(sinks.map((sink) => sink.flush()))),
    close: async () => void (await Promise.all(sinks.map((sink) => sink.close()))),
  };
}

function openConsole(): LineSink {
  const standardOutput = 1;
  return sinkOf(new sonicBoom.SonicBoom({ fd: standardOutput, maxLength: MAX_WAITING_BYTES }));
}
