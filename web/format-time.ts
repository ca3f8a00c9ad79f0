import type { PageTexts } from './preferences.ts';

type TimeTexts = PageTexts['time'];

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How long ago, for a list: seconds to hours in words, then the day and the minute in the reader's zone. */
export function relativeTime(ms: number, nowMs: number, t: TimeTexts): string {
  // The clocks of service and browser may differ a little.
  const ago = Math.max(0, nowMs - ms);
  if (ago < 5 * SECOND_MS) return t.justNow;
  if (ago < MINUTE_MS) return t.seconds(Math.floor(ago / SECOND_MS));
  if (ago < HOUR_MS) return t.minutes(Math.floor(ago / MINUTE_MS));
  if (ago < 12 * HOUR_MS) return t.hours(Math.floor(ago / HOUR_MS));
  const then = parts(ms);
  const clock = `${then.hour}:${then.minute}`;
  if (isSameDay(then, parts(nowMs))) return clock;
  if (isSameDay(then, parts(nowMs - DAY_MS))) return t.yesterday(clock);
  const day = `${then.month}-${then.day} ${clock}`;
  return then.year === parts(nowMs).year ? day : `${then.year}-${day}`;
}

/** To the millisecond, with the zone: `2026-11-26 23:31:05.123 UTC+08:00`. */
export function exactTime(ms: number): string {
  const { year, month, day, hour, minute, second } = parts(ms);
  const millisecond = String(new Date(ms).getMilliseconds()).padStart(3, '0');
  return `${year}-${month}-${day} ${hour}:${minute}:${second}.${millisecond} ${zoneText(ms)}`;
}

/** To the second, without the zone: for places where the zone is known. */
export function clockTime(ms: number): string {
  const { year, month, day, hour, minute, second } = parts(ms);
  return `${year}-${month}-${day} ${hour}:${minute}:${second}`;
}

/** A length of time, short: `85 ms`, `1.2 s`, `3 min 5 s`. */
export function duration(ms: number, t: TimeTexts): string {
  if (ms < 1_000) return t.ms(String(Math.round(ms)));
  if (ms < 10 * SECOND_MS) return t.secondsLong((Math.floor(ms / 100) / 10).toFixed(1));
  return wait(ms, t);
}

/** As `duration`, in whole seconds at least 1: for what is still to come. */
export function wait(ms: number, t: TimeTexts): string {
  if (ms < MINUTE_MS) return t.secondsLong(String(Math.max(1, Math.floor(ms / SECOND_MS))));
  if (ms < HOUR_MS)
    return t.minutesLong(Math.floor(ms / MINUTE_MS), Math.floor((ms % MINUTE_MS) / SECOND_MS));
  if (ms < DAY_MS) return t.hoursLong(Math.floor(ms / HOUR_MS), Math.floor((ms % HOUR_MS) / MINUTE_MS));
  return t.daysLong(Math.floor(ms / DAY_MS), Math.floor((ms % DAY_MS) / HOUR_MS));
}

interface Parts {
  readonly year: string;
  readonly month: string;
  readonly day: string;
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
}

/** In the reader's zone. */
function parts(ms: number): Parts {
  const date = new Date(ms);
  const two = (n: number) => String(n).padStart(2, '0');
  return {
    year: String(date.getFullYear()),
    month: two(date.getMonth() + 1),
    day: two(date.getDate()),
    hour: two(date.getHours()),
    minute: two(date.getMinutes()),
    second: two(date.getSeconds()),
  };
}

function isSameDay(a: Parts, b: Parts): boolean {
  return a.year === b.year && a.month === b.month && a.day === b.day;
}

function zoneText(ms: number): string {
  const east = -new Date(ms).getTimezoneOffset();
  if (east === 0) return 'UTC';
  const two = (n: number) => String(n).padStart(2, '0');
  return `UTC${east < 0 ? '-' : '+'}${two(Math.floor(Math.abs(east) / 60))}:${two(Math.abs(east) % 60)}`;
}
