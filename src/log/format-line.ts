import type { LogLevel } from '../core/log-level.ts';
import { printable } from '../core/printable.ts';
import type { LogFields } from './logger.ts';

/** One event of the service log. */
export interface LogEvent {
  /** Wall-clock ms. */
  readonly timeMs: number;
  readonly level: LogLevel;
  readonly subject: string;
  readonly text: string;
  readonly fields?: LogFields | undefined;
}

/** One line, with its end: time, level, subject, text and (if there are any) fields, separated by tabs. */
export function formatLine({ timeMs, level, subject, text, fields }: LogEvent, timeText = localTime): string {
  let line = `${timeText(timeMs)}\t${level}`;
  for (const column of [subject, text]) if (column !== '') line += `\t${printable(column)}`;
  if (fields !== undefined && Object.keys(fields).length > 0) line += `\t${formatFields(fields)}`;
  return `${line}\n`;
}

/** JSON with a space after colon and comma. `printable` escapes what JSON leaves as it is, by JSON's own escapes. */
export function formatFields(fields: LogFields): string {
  let pairs = '';
  for (const name in fields) {
    if (pairs !== '') pairs += ', ';
    pairs += `${quotedName(name)}: ${quoted(fields[name] ?? null)}`;
  }
  return `{${pairs}}`;
}

/** The names come from the catalogue: there are few, and each line has some of them. */
const quotedNames = new Map<string, string>();

function quotedName(name: string): string {
  const known = quotedNames.get(name);
  if (known !== undefined) return known;
  const made = quoted(name);
  quotedNames.set(name, made);
  return made;
}

function quoted(value: LogFields[string]): string {
  const json = JSON.stringify(value);
  return typeof value === 'string' ? printable(json) : json;
}

/** `2025-07-01T22:07:02.081+0800`: the machine's time zone, to the millisecond. */
export function localTime(timeMs: number): string {
  return rememberSecond()(timeMs);
}

/** `localTime` for many lines of one second, which costs as much as the rest of a line. */
export function rememberSecond(): (timeMs: number) => string {
  let startMs = Number.NaN;
  let second = { text: '', zone: '' };
  return (timeMs) => {
    if (!(timeMs >= startMs && timeMs < startMs + 1_000)) {
      startMs = Math.floor(timeMs / 1_000) * 1_000;
      second = writeSecond(startMs);
    }
    return `${second.text}.${String(timeMs - startMs).padStart(3, '0')}${second.zone}`;
  };
}

function writeSecond(timeMs: number): { text: string; zone: string } {
  const date = new Date(timeMs);
  // Minutes that the zone is ahead of UTC; the platform counts the other way.
  const offset = -date.getTimezoneOffset();
  const text = new Date(timeMs + offset * 60_000).toISOString().slice(0, -'.000Z'.length);
  const ahead = Math.abs(offset);
  const hours = String(Math.trunc(ahead / 60)).padStart(2, '0');
  const minutes = String(ahead % 60).padStart(2, '0');
  return { text, zone: `${offset < 0 ? '-' : '+'}${hours}${minutes}` };
}
