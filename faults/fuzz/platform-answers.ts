import { OUTCOME_KINDS } from '../../src/core/outcome.ts';
import type { Answer } from '../../src/providers/provider.ts';
import { providers } from '../../src/providers/registry.ts';
import { PLAYED_PLATFORMS } from '../support/platforms.ts';
import type { SeededRandom } from '../support/random.ts';
import { pick, several, spoil } from './api-bodies.ts';

const STATUSES = [
  200, 200, 200, 201, 204, 301, 304, 400, 401, 403, 404, 410, 429, 429, 500, 502, 503, 599, 600, 999, 0,
];
const HEADER_NAMES = [
  'retry-after',
  'date',
  'x-ratelimit-reset',
  'x-ogw-ratelimit-reset',
  'x-ratelimit-limit',
  'x-ratelimit-scope',
  '__proto__',
];
const HEADER_VALUES = [
  '',
  '0',
  '-1',
  '1',
  '0.5',
  '1e9',
  '9'.repeat(400),
  'NaN',
  'soon',
  'Wed, 21 Oct 2015 07:28:00 GMT',
  '\u0000',
];
const FIELDS = [
  'errcode',
  'errmsg',
  'code',
  'msg',
  'StatusCode',
  'StatusMessage',
  'ok',
  'error_code',
  'description',
  'parameters',
  'message',
  'error',
  'id',
  'retry_after',
  'global',
  'status',
  'wait',
  '__proto__',
  'constructor',
];
const VALUES = [
  0,
  '0',
  -1,
  45009,
  '130101',
  9499,
  429,
  1e308,
  null,
  true,
  false,
  {},
  [],
  '',
  'ok',
  'too many requests',
  'constructor',
  '__proto__',
  '\ud800',
  { retry_after: 1e308 },
  { retry_after: -1 },
  { migrate_to_chat_id: 1.5 },
];

const DAY_MS = 24 * 3_600_000;

/** An answer near to what platforms give, or far from it. */
function platformAnswer(random: SeededRandom): Answer {
  const headers: Record<string, string> = Object.create(null);
  for (const name of several(random, 3, () => pick(random, HEADER_NAMES)))
    headers[name] = pick(random, HEADER_VALUES);
  return {
    httpStatus: pick(random, STATUSES),
    headers,
    body: bodyText(random),
    complete: random.chance(0.8),
  };
}

function bodyText(random: SeededRandom): string {
  const fate = random.next();
  if (fate < 0.2) return spoil(Buffer.from(pick(random, PLAYED_PLATFORMS).accepted), random).toString();
  if (fate < 0.3)
    return pick(random, [
      '',
      '<html>',
      'null',
      '[]',
      '0',
      '"ok"',
      'error code: 1015',
      '{',
      '\ufeffok',
      ' ok\n',
    ]);
  const fields = several(random, 6, () => [pick(random, FIELDS), pick<unknown>(random, VALUES)] as const);
  return spoil(
    Buffer.from(`{${fields.map(([name, value]) => `"${name}":${JSON.stringify(value)}`).join(',')}}`),
    random,
  ).toString();
}

/** Gives every provider `count` answers. @returns a sentence for each that threw, or made nothing sensible of one. */
export function fuzzAnswers(random: SeededRandom, count: number): string[] {
  const wrong: string[] = [];
  for (let index = 0; index < count; index++) {
    const answer = platformAnswer(random);
    for (const provider of providers) {
      const complaint = complaintOf(() => provider.readAnswer(answer));
      if (complaint !== null) wrong.push(`${provider.id} and ${JSON.stringify(answer)}: ${complaint}`);
    }
  }
  return wrong;
}

function complaintOf(read: () => ReturnType<(typeof providers)[number]['readAnswer']>): string | null {
  try {
    const { kind, error, pauseMs } = read();
    if (!OUTCOME_KINDS.includes(kind)) return `kind ${kind}`;
    if ((kind === 'ok') !== (error === null))
      return `${kind} with ${error === null ? 'no error' : 'an error'}`;
    if (kind === 'rate_limited' && !(pauseMs !== undefined && pauseMs >= 1_000 && pauseMs <= DAY_MS))
      return `a pause of ${pauseMs} ms`;
    return null;
  } catch (error) {
    return `threw ${String(error)}`;
  }
}
