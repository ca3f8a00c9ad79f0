import type { SourcePatch } from './patched-source.ts';

/**
 * What is surely true of the message in hand when the process dies at a point:
 *
 * - `settled`: nothing of it is in flight: not yet accepted, or already recorded;
 * - `accepted`: it is on disk, perhaps with its turn, which may share its commit; its request has surely not left;
 * - `not_sent`: its attempt is on record, its request has surely not left;
 * - `leaving`: the request is being written; that none of it has left, only the test knows;
 * - `arrived`: the receiver has it, and no mark of its answer is anywhere;
 * - `answered`: its answer has been read and is about to be recorded.
 */
export type StateAtCrash = 'settled' | 'accepted' | 'not_sent' | 'leaving' | 'arrived' | 'answered';

/** An exact place at which the process can die. */
export interface CrashPoint {
  readonly name: string;
  readonly state: StateAtCrash;
  /** @param die the statement that kills. */
  patch(die: string): SourcePatch;
}

const GROUP_COMMIT = 'src/store/sqlite/group-commit.ts';
const COMMIT = '      commit.run();\n';
const HTTP_CLIENT = 'src/channel/http-client.ts';
const RUN_LANE = 'src/dispatch/run-lane.ts';
const TURN =
  '  const { messageId, text, partIndex, retriesUsed, limitsInARow, attemptId, deliveryId } = turn;\n';
const RESULT = '  const { outcome, moreParts, durationMs } = result;\n';
const RECORD = '  const recorded = await recordUntilDone(';
const STARTED = 'started = true;';
const TEXT_ROUTE = 'src/http/routes/text.ts';
const ANSWER = '    return okJson(acceptedId(answer), requestId);\n';
const HOT_PATH = 'src/http/hot-path.ts';
const ANSWERED =
  "        response.writeHead(200, [...HEADERS, 'content-length', Buffer.byteLength(json)]).end(json);\n";

const ofAccept = `requests.some(({ name }) => name === 'accept')`;
const ofRecord = `requests.some(({ name }) => name === 'recordAttempt')`;
/** An idle lane takes no turns too, and that is no point of interest. */
const ofTurn = `replies.some((reply) => reply.ok && reply.value?.turns?.length > 0)`;

/** Points on the way of a message, in the order in which it passes them. */
export const SERVING_POINTS: readonly CrashPoint[] = [
  before('accept_before_commit', 'settled', GROUP_COMMIT, COMMIT, ofAccept),
  after('accept_after_commit', 'accepted', GROUP_COMMIT, COMMIT, ofAccept),
  before('accept_before_answer', 'accepted', TEXT_ROUTE, ANSWER),
  after('accept_after_answer', 'accepted', HOT_PATH, ANSWERED),
  before('turn_before_commit', 'settled', GROUP_COMMIT, COMMIT, ofTurn),
  after('turn_after_commit', 'not_sent', GROUP_COMMIT, COMMIT, ofTurn),
  after('turn_in_hand', 'not_sent', RUN_LANE, TURN),
  before(
    'before_connect',
    'not_sent',
    HTTP_CLIENT,
    '      const opened = await open(route, timeoutMs, ending);\n',
  ),
  after('connected', 'not_sent', HTTP_CLIENT, "    if (opened.kind !== 'open') return opened;\n"),
  {
    name: 'request_before_write',
    state: 'leaving',
    patch: (die) => ({
      file: 'src/channel/exchange.ts',
      find: STARTED,
      replace: `{ ${STARTED} ${die} }`,
    }),
  },
  {
    name: 'request_written',
    state: 'arrived',
    // The client writes before it returns; the receiver keeps its answer back for a while.
    patch: (die) => ({
      file: 'src/channel/exchange.ts',
      find: STARTED,
      replace: `{ ${STARTED} process.nextTick(() => { ${die} }); }`,
    }),
  },
  before('answer_read', 'arrived', RUN_LANE, RESULT),
  {
    name: 'answer_in_hand',
    state: 'answered',
    // Marks of one turn of the event loop are written together at its end.
    patch: (die) => ({
      file: RUN_LANE,
      find: RECORD,
      replace: `await new Promise((resolve) => setImmediate(resolve)); ${die}\n${RECORD}`,
    }),
  },
  before('record_before_commit', 'answered', GROUP_COMMIT, COMMIT, ofRecord),
  after('record_after_commit', 'settled', GROUP_COMMIT, COMMIT, ofRecord),
  before(
    'repeat_before_answer',
    'accepted',
    'src/accept/accept.ts',
    "      if (result.kind === 'repeated') {\n",
  ),
];

const MIGRATE = 'src/store/sqlite/schema.ts';
const MIGRATION_BEGIN = '    db.exec(`BEGIN IMMEDIATE; ';
const MIGRATION_END = '; COMMIT`);\n';

/** Points of a start on a new store. */
export const MIGRATION_POINTS: readonly CrashPoint[] = [
  before('migration_before', 'settled', MIGRATE, MIGRATION_BEGIN),
  {
    name: 'migration_before_commit',
    state: 'settled',
    patch: (die) => ({
      file: MIGRATE,
      find: MIGRATION_END,
      replace: `\`); ${die} db.exec('COMMIT');\n`,
    }),
  },
  after('migration_after', 'settled', MIGRATE, MIGRATION_END),
];

const SETTLE = 'src/dispatch/dispatcher.ts';
const POLICIES = '  const policies = new Map(lanes.map(({ ref, policy }) => [ref.name, policy]));\n';

/** Points of a start that finds an attempt which an earlier process left in flight. */
export const SETTLE_POINTS: readonly CrashPoint[] = [
  after('settle_before', 'arrived', SETTLE, POLICIES),
  before('settle_before_commit', 'arrived', GROUP_COMMIT, COMMIT, ofRecord),
  after('settle_after_commit', 'arrived', GROUP_COMMIT, COMMIT, ofRecord),
];

function before(
  name: string,
  state: StateAtCrash,
  file: string,
  line: string,
  condition = 'true',
): CrashPoint {
  return {
    name,
    state,
    patch: (die) => ({ file, find: line, replace: `if (${condition}) { ${die} }\n${line}` }),
  };
}

function after(
  name: string,
  state: StateAtCrash,
  file: string,
  line: string,
  condition = 'true',
): CrashPoint {
  return {
    name,
    state,
    patch: (die) => ({ file, find: line, replace: `${line}if (${condition}) { ${die} }\n` }),
  };
}
