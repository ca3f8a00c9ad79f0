import { firstIdAt } from '../../src/core/ids.ts';
import { encodeCursor } from '../../src/pushlog/cursor.ts';
import { DAY_MS, END_MS, PAST_DAYS } from './make-store.ts';
import { below, type Random } from './random.ts';

export interface LogQuestion {
  readonly name: string;
  /** The goal for the first answer, ms. */
  readonly goalMs: number;
  /** Parameters of `GET /api/messages`; of another place in the log each time, where that makes sense. */
  parameters(random: Random): Record<string, string>;
}

const PAGE_MS = 20;
const SEARCH_MS = 50;
const LONG_MS = 500;

const somewhere = (random: Random) => END_MS - below(random, PAST_DAYS * DAY_MS);
const deep = (random: Random) => ({ cursor: encodeCursor(firstIdAt(somewhere(random))) });
const hour = (random: Random) => {
  const sinceMs = somewhere(random);
  return { since: new Date(sinceMs).toISOString(), until: new Date(sinceMs + 3_600_000).toISOString() };
};
const question = (
  goalMs: number,
  name: string,
  fixed: Record<string, string>,
  place: (random: Random) => Record<string, string> = () => ({}),
): LogQuestion => ({ name, goalMs, parameters: (random) => ({ ...fixed, ...place(random) }) });

/** What people ask of a long log; the words and their frequencies are those of `alert-text.ts`. */
export const LOG_QUESTIONS: readonly LogQuestion[] = [
  question(PAGE_MS, 'first page', {}),
  question(PAGE_MS, 'first page of 200', { limit: '200' }),
  question(PAGE_MS, 'deep page', {}, deep),
  question(PAGE_MS, 'one hour', {}, hour),
  question(PAGE_MS, 'channel', { channel: 'db' }),
  question(PAGE_MS, 'channel, deep', { channel: 'biz' }, deep),
  question(PAGE_MS, 'channel, one hour', { channel: 'db' }, hour),
  question(PAGE_MS, 'status delivered', { status: 'delivered' }),
  question(PAGE_MS, 'status failed', { status: 'failed' }),
  question(PAGE_MS, 'status failed, deep', { status: 'failed' }, deep),
  question(PAGE_MS, 'status failed, one hour', { status: 'failed' }, hour),
  question(PAGE_MS, 'status failed + channel', { status: 'failed', channel: 'db' }),
  question(PAGE_MS, 'status failed + channel, deep', { status: 'failed', channel: 'db' }, deep),
  question(PAGE_MS, 'rare status (3 rows)', { status: 'retrying' }),
  question(PAGE_MS, 'rare channel (40 rows)', { channel: 'rare' }),
  question(PAGE_MS, 'rare channel, deep', { channel: 'rare' }, deep),
  question(PAGE_MS, 'rare channel + failed', { channel: 'rare', status: 'failed' }),

  question(SEARCH_MS, '2 characters, frequent', { q: '告警' }),
  question(SEARCH_MS, '2 characters, frequent, deep', { q: '告警' }, deep),
  question(SEARCH_MS, '2 characters, rare', { q: '坏道' }),
  question(SEARCH_MS, '2 characters, absent', { q: '饕餮' }),
  question(SEARCH_MS, '3 characters, frequent', { q: '数据库' }),
  question(SEARCH_MS, '3 characters, absent, its pairs frequent', { q: '据库存' }),
  question(SEARCH_MS, '4 characters, frequent', { q: '恢复正常' }),
  question(SEARCH_MS, '4 characters, rare', { q: '光纤断裂' }),
  question(SEARCH_MS, '4 characters, absent, its pairs frequent', { q: '使用户中' }),
  question(SEARCH_MS, '4 characters, absent', { q: '饕餮盛宴' }),
  question(SEARCH_MS, '2 characters in one hour', { q: '告警' }, hour),
  question(LONG_MS, 'an IP address', {}, (random) => ({
    q: `10.${below(random, 256)}.${below(random, 256)}.7 `,
  })),

  question(LONG_MS, '1 character, frequent', { q: '告' }),
  question(LONG_MS, '1 character, rare', { q: '漏' }),
  question(LONG_MS, '1 character, absent', { q: '饕' }),
  question(LONG_MS, 'frequent + channel', { q: '告警', channel: 'biz' }),
  question(LONG_MS, 'frequent + failed', { q: '数据库', status: 'failed' }),
  question(LONG_MS, 'frequent + rare channel', { q: '告警', channel: 'rare' }),
  question(LONG_MS, 'frequent + rare status', { q: '告警', status: 'retrying' }),
  question(LONG_MS, 'rare + failed', { q: '坏道', status: 'failed' }),
  question(LONG_MS, 'absent, pairs frequent, + failed', { q: '使用户中', status: 'failed' }),
  question(LONG_MS, '1 character, rare, + channel', { q: '漏', channel: 'db' }),
];
