import { exactTime, relativeTime, wait } from '../format-time.ts';
import { useTexts } from '../preferences.ts';
import { useTimedText } from './now.ts';

interface AgoProps {
  /** RFC 3339. */
  readonly at: string;
}

/** How long ago; the exact time with its zone shows on hover. */
export function Ago({ at }: AgoProps) {
  const t = useTexts();
  const ms = Date.parse(at);
  const text = useTimedText((nowMs) => relativeTime(ms, nowMs, t.time));
  return (
    <time dateTime={at} data-tip={exactTime(ms)}>
      {text}
    </time>
  );
}

interface CountdownProps {
  /** RFC 3339. */
  readonly until: string;
  readonly write: (wait: string) => string;
  /** What to say once the time has come. */
  readonly due: string;
}

export function Countdown({ until, write, due }: CountdownProps) {
  const t = useTexts();
  const endMs = Date.parse(until);
  const text = useTimedText((nowMs) => (endMs > nowMs ? write(wait(endMs - nowMs, t.time)) : due));
  return (
    <time dateTime={until} data-tip={exactTime(endMs)}>
      {text}
    </time>
  );
}

/** Time that has passed since, as a length: `3 min 5 s`. */
export function Since({ at }: AgoProps) {
  const t = useTexts();
  const startMs = Date.parse(at);
  return <>{useTimedText((nowMs) => wait(nowMs - startMs, t.time))}</>;
}
