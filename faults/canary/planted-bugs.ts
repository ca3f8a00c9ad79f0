import type { SourcePatch } from '../support/patched-source.ts';
import type { SceneName } from './scenes.ts';

/** A bug as somebody might write it, and the smallest scene of our programs that must notice it. */
export interface PlantedBug {
  readonly name: string;
  readonly scene: SceneName;
  /** What one of the scene's sentences looks like then: a scene that is red for another reason has found nothing. */
  readonly finds: RegExp;
  readonly patches: readonly SourcePatch[];
}

const ACCEPT = 'src/accept/accept.ts';
const GROUP_COMMIT = 'src/store/sqlite/group-commit.ts';
const WRITER = 'src/store/sqlite/writer-worker.ts';
const ACCEPT_MESSAGE = 'src/store/sqlite/accept-message.ts';
const TAKE_TURNS = 'src/store/sqlite/take-turns.ts';
const RECORD = 'src/store/sqlite/record-attempt.ts';
const STATEMENTS = 'src/store/sqlite/statements.ts';
const WINDOWS = 'src/core/rate-windows.ts';
const RUN_LANE = 'src/dispatch/run-lane.ts';
const DISPATCHER = 'src/dispatch/dispatcher.ts';
const TEXT_LOANS = 'src/dispatch/text-loans.ts';
const DECISION = 'src/dispatch/retry-decision.ts';
const HTTP_CLIENT = 'src/channel/http-client.ts';
const RUNNING_REQUESTS = 'src/channel/running-requests.ts';
const EXCHANGE = 'src/channel/exchange.ts';
const CHANNEL = 'src/channel/channel.ts';
const IN_FLIGHT = 'src/store/in-flight-file.ts';
const NODE_SERVER = 'src/http/node-server.ts';
const STORE = 'src/store/sqlite/sqlite-store.ts';
const REQUEST_RATE = 'src/http/request-rate.ts';

/** The writing thread answers a batch before it is committed, and takes its time with the commit. */
const answersEarly = (which: string): readonly SourcePatch[] => [
  replace(
    WRITER,
    'tellReplies(requests, engine.run(requests));',
    `{
    let told = false;
    globalThis.tellEarly = (replies) => { told = true; tellReplies(requests, replies); };
    const replies = engine.run(requests);
    if (!told) tellReplies(requests, replies);
  }`,
  ),
  replace(
    GROUP_COMMIT,
    '      committing = true;\n',
    `      committing = true;
      if (${which}) {
        globalThis.tellEarly?.(replies);
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
      }\n`,
  ),
];

export const PLANTED_BUGS: readonly PlantedBug[] = [
  bug('a request is answered before its commit', 'dies before an accept commits', /^lost: /, [
    ...answersEarly(`requests.some(({ name }) => name === 'accept')`),
  ]),
  bug('a request is sent before its attempt is committed', 'dies before a turn commits', /^unlogged: /, [
    ...answersEarly('replies.some((reply) => reply.ok && reply.value?.turns?.length > 0)'),
  ]),
  bug('a request is answered with 200 although the store has failed', 'days', /^lost: /, [
    replace(
      ACCEPT,
      "      return { kind: 'unavailable', why: whyUnavailable(error) };\n",
      "      return { kind: 'accepted', messageId: id };\n",
    ),
  ]),
  bug('the last of the addressed channels is left out', 'days', /^lost: .* has no delivery/, [
    replace(
      ACCEPT_MESSAGE,
      'for (const channelId of channelIds)',
      'for (const channelId of channelIds.slice(0, -1))',
    ),
  ]),
  bug('the limiter allows one request more', 'days', /^limit: /, [
    replace(WINDOWS, 'const room = maxSends - slots', 'const room = maxSends + 1 - slots'),
  ]),
  bug('the limiter counts a request from its start', 'days', /^limit: /, [
    replace(
      TAKE_TURNS,
      'if (hasSlot) sql.addSlot.run(attemptId, endpointId);',
      'if (hasSlot) { sql.addSlot.run(attemptId, endpointId); sql.endSlot.run(clock.nowMs(), attemptId); }',
    ),
    replace(RECORD, '    if (lease?.hasSlot !== false) sql.endSlot.run(clock.endMs(), attemptId);\n', ''),
  ]),
  bug('the limiter forgets at a restart', 'a limit outlives a kill', /^limit: /, [
    replace(
      'src/store/sqlite/open-engine.ts',
      '  bookUnbookedSends(db, storeClock, seen);\n',
      "  db.exec('DELETE FROM slot');\n",
    ),
  ]),
  bug('channels of one endpoint have a limit each', 'days', /^limit: hook/, [
    replace(
      TAKE_TURNS,
      'if (hasSlot) sql.addSlot.run(attemptId, endpointId);',
      'if (hasSlot && channelId !== 5) sql.addSlot.run(attemptId, endpointId);',
    ),
  ]),
  bug('an ordered channel sends a later message while a retry waits', 'days', /^order: /, [
    replace(
      TAKE_TURNS,
      'return dueMs > nowMs ? { rows: [], ...heldUp(dueMs - nowMs) }',
      'return dueMs > nowMs ? { rows: queued ? [queued] : [], ...heldUp(dueMs - nowMs) }',
    ),
  ]),
  bug('a repeated key makes a second message', 'days', /^key: /, [
    replace(ACCEPT_MESSAGE, 'if (first !== undefined && ', 'if (false && first !== undefined && '),
  ]),
  bug('keys are kept in memory alone', 'dies before an accept is answered', /^key: /, [
    replace(
      ACCEPT_MESSAGE,
      'sql.findKey.get(requestId) as',
      '(globalThis.keys ??= new Map()).get(requestId) as',
    ),
    replace(
      ACCEPT_MESSAGE,
      'sql.putKey.run(requestId, seq, nowMs);',
      'globalThis.keys.set(requestId, { id, text, first_ms: nowMs });',
    ),
  ]),
  bug('a key is checked first and taken later', 'keys race', /^key: /, [
    replace(
      ACCEPT,
      '    const id = newId(clock.wallMs());\n',
      `    const known = requestId === null ? undefined : (globalThis.known ??= new Map()).get(requestId);
    if (known !== undefined) return { kind: 'accepted', messageId: known };
    const id = newId(clock.wallMs());\n`,
    ),
    replace(ACCEPT, 'message: { id, requestId, msgType', 'message: { id, requestId: null, msgType'),
    replace(
      ACCEPT,
      '    onAccepted();\n',
      '    if (requestId !== null) globalThis.known.set(requestId, id);\n    onAccepted();\n',
    ),
  ]),
  bug('an answer that could not be recorded is forgotten', 'days without a crash', /^lost: .* is sending/, [
    replace(
      RUN_LANE,
      "      if (!(error instanceof StoreError) || error.kind !== 'unavailable') return false;\n",
      '      return false;\n',
    ),
  ]),
  bug('an answer that could not be recorded means another send', 'days', /^copies: /, [
    replace(
      RUN_LANE,
      '      await deps.store.recordAttempt(command);\n      return true;\n',
      `      await deps.store.recordAttempt(command).catch(() => {
        const outcome = { ...command.outcome, kind: 'transient' as const };
        const next = { kind: 'retry' as const, waitMs: 10, error: { zh: '', en: '' } };
        const again = () => deps.store.recordAttempt({ ...command, outcome, next }).catch(async () => {
          await deps.clock.wait(TROUBLE_WAIT_MS);
          await again();
        });
        return again();
      });
      return true;\n`,
    ),
  ]),
  bug('what an earlier process left in flight is forgotten', 'days', /^lost: .* is sending/, [
    replace(
      'src/dispatch/settle-interrupted.ts',
      '  const interrupted = await store.listInterrupted();\n',
      '  const interrupted = (await store.listInterrupted()).slice(0, 0);\n',
    ),
  ]),
  bug('a possible copy is not marked as one', 'days', /^copies: .* say so/, [
    replace(RECORD, "    if (kind === 'unknown') sql.markMaybeSent.run(deliveryId);\n", ''),
  ]),
  bug('`hold` is ignored', 'dies with a request at a receiver that holds', /^copies: .* it holds/, [
    replace(
      DECISION,
      "if (policy.onUncertain === 'hold') return",
      "if (policy.onUncertain === ('never' as string)) return",
    ),
  ]),
  bug('a request leaves without its mark', 'dies with a request at a receiver', /^copies: .* 0 attempts/, [
    replace(IN_FLIGHT, '        if (!isMarked) chunk.leaving(index, attemptId);\n', ''),
  ]),
  bug('a mark is written after its request', 'dies with a request at a receiver', /^copies: .* 0 attempts/, [
    replace(IN_FLIGHT, "if (when === 'now') flush();", "if (when === 'now') flushSoon();"),
  ]),
  bug(
    'an answer that was read leaves no mark',
    'dies with an answer in hand',
    / ended unknown,ok and .* not ok/,
    [replace(IN_FLIGHT, '        chunk.ended(index, attemptId, end);\n', '')],
  ),
  bug('marks that were cut off count as never made', 'marks are cut off', /: copies: .* 0 attempts/, [
    replace(
      IN_FLIGHT,
      '  if (bytes.length < HEAD_BYTES + head.chunks * CHUNK_BYTES) return noMarks.leftBehind;\n',
      '',
    ),
  ]),
  bug('a log of writes without its store is deleted', 'the store is gone', /: it started/, [
    replace('src/store/sqlite/open-database.ts', '    assertLogHasStore(path);\n', ''),
  ]),
  bug('a broken connection counts as not sent', 'connections break', /^copies: /, [
    replace(EXCHANGE, 'started = true;', '{}'),
  ]),
  bug('a request on a broken connection is sent again', 'connections break', /^unlogged: /, [
    replace(
      HTTP_CLIENT,
      "if (result.kind !== 'failed' || result.started || ending.reason() !== null) {",
      "if (result.kind !== 'failed' || ending.reason() !== null) {",
    ),
  ]),
  bug('redirects are followed', 'redirects', /^redirect: /, [
    replace(
      HTTP_CLIENT,
      "      if (opened.kind !== 'open') return opened;\n",
      `    if (opened.kind !== 'open') return opened;
    const first = await exchange(opened.connection, bytes, { ending, onLeaving });
    const target = first.kind === 'answer' ? first.answer.headers.location : undefined;
    if (target === undefined) return conclude(route, opened.connection, first, timeoutMs, ending);
    return await send({ ...outbound, url: new URL(target, outbound.url).href }, options);\n`,
    ),
  ]),
  bug('an attempt has no deadline', 'a receiver says nothing', /^deadline: /, [
    replace(RUNNING_REQUESTS, "ending.end('deadline')", 'continue'),
  ]),
  bug("a platform's answer is kept unmasked", 'dies with a request at a receiver', /^secret: /, [
    replace(
      CHANNEL,
      "response: masked === '' ? null : cutBytes(masked, MAX_RESPONSE_BYTES),",
      'response: cutBytes(answer.body, MAX_RESPONSE_BYTES),',
    ),
  ]),
  bug('endpoints are logged', 'dies with a request at a receiver', /^secret: .* output/, [
    replace(
      'src/app/run-serve.ts',
      "  if (sandbox !== null) logger.warn('demo', say.demoMode);\n",
      '  for (const { name, endpoint } of config.channels) logger.info(name, endpoint.url.reveal());\n',
    ),
  ]),
  bug('one route asks for no header', 'strangers ask', /^auth: GET \/api\/channels /, [
    replace(
      'src/http/server.ts',
      'return guardApi(raw) ?? ',
      "return (raw.url === '/api/channels' ? null : guardApi(raw)) ?? ",
    ),
  ]),
  bug('the hot path asks for no header', 'strangers ask', /^auth: POST \/api\/text /, [
    replace('src/http/server.ts', 'checkHost(raw) ?? checkApi(raw),', 'checkHost(raw),'),
  ]),
  bug('a stop gives up what is in flight', 'stops under load', /^unknown: /, [
    replace(DISPATCHER, '      await withinMs(ended, graceMs, clock);\n', ''),
  ]),
  bug('a stop resets who waits in line', 'stops under load', /^answers: .* cut off/, [
    replace(NODE_SERVER, '  await untilNobodyKnocks(server);\n', ''),
    replace(NODE_SERVER, 'NetServer.prototype.close.call(server, () => {', 'server.close(() => {'),
  ]),
  bug('a stop fails', 'stops under load', /^exit: /, [
    replace('src/app/until-stopped.ts', '      resolve(0);\n', '      resolve(3);\n'),
  ]),
  bug('a commit does not wait for the disk', 'power fails', /lost|missing|not there|without/, [
    replace('src/store/sqlite/open-database.ts', 'PRAGMA synchronous = FULL', 'PRAGMA synchronous = NORMAL'),
  ]),
  bug('a split text begins anew after a fault', 'a fault between two parts', /^copies: /, [
    replace(
      STATEMENTS,
      'attempt_due_ms = ?, retries_used',
      'part_index = 0, attempt_due_ms = ?, retries_used',
    ),
  ]),
  bug('a split text loses its last part', 'kills under load', /^(parts|lost): /, [
    replace(CHANNEL, 'moreParts: partIndex + 1 < parts.length', 'moreParts: partIndex + 2 < parts.length'),
  ]),
  bug('a commit that failed counts as made', 'writes fail', /: lost: .* has no delivery/, [
    replace(
      GROUP_COMMIT,
      '      commit.run();\n',
      `      try {
        commit.run();
      } catch {
        if (db.isTransaction) rollback.run();
        counts.discard();
      }\n`,
    ),
  ]),
  bug('a store that cannot write calls itself ready', 'diskfull', /^\/readyz answered 200/, [
    replace(STORE, "isWritable: () => writable && state === 'open'", "isWritable: () => state === 'open'"),
  ]),
  bug('each command has a commit of its own', 'each sync is slow', /they do not share them$/, [
    replace(
      WRITER,
      'tellReplies(requests, engine.run(requests));',
      'tellReplies(requests, requests.flatMap((request) => engine.run([request])));',
    ),
  ]),
  bug('a start reads all that is queued', 'backlog', /^\d+ MiB of memory$/, [
    replace(
      'src/store/sqlite/open-engine.ts',
      '  endAbandonedSlots(db, storeClock);\n',
      `  endAbandonedSlots(db, storeClock);
  const queued = db.prepare("SELECT * FROM delivery JOIN message ON seq = message_seq WHERE status = 0");
  globalThis.queued = queued.all();\n`,
    ),
  ]),
  bug('a given up connection stays open', 'descriptors', /as many open files as before|open files$/, [
    replace(EXCHANGE, '      if (!reusable) connection.destroy();\n', ''),
  ]),
  bug('a redirect counts as a success', 'zoo', /^every 3xx.*: ok instead of permanent/, [
    replace('src/providers/http-status.ts', 'status <= 299', 'status <= 399'),
  ]),
  bug('half of a limit is used', 'rate', /: used: /, [
    replace(WINDOWS, 'const room = maxSends - slots', 'const room = Math.ceil(maxSends / 2) - slots'),
  ]),
  bug('windows follow the wall clock', 'rate', /: limit: /, [
    replace(
      'src/store/sqlite/store-clock.ts',
      'const exactMs = () => startMs + clock.monotonicMs() - startedMonotonicMs;',
      'const exactMs = () => clock.wallMs();',
    ),
  ]),
  bug('channels send one after the other', 'isolate', /the healthy channel was delayed|of \d+ arrived/, [
    replace(
      RUN_LANE,
      '  const result = await sender.send(',
      `  const before = globalThis.sending;
  let over = () => {};
  globalThis.sending = new Promise((resolve) => (over = resolve));
  await before;
  const result = await sender.send(`,
    ),
    replace(RUN_LANE, '  onSent(result);\n', '  over();\n  onSent(result);\n'),
  ]),
  bug('what waits for the disk has no bound', 'overload', /nobody was told 503|memory grew/, [
    replace(
      'src/store/sqlite/write-queue.ts',
      'const MAX_WAITING_TEXT = 16 * 1024 * 1024;',
      'const MAX_WAITING_TEXT = Infinity;',
    ),
  ]),
  bug('the rate of requests is not counted', 'overload', /passed a limit of/, [
    replace(REQUEST_RATE, '    acceptedMs[next] = nowMs;\n', ''),
  ]),
  bug('who is too fast is not told for how long', 'overload', /429 without Retry-After$/, [
    replace(REQUEST_RATE, "    headers: { 'retry-after': String(afterSeconds) },\n", ''),
  ]),
  bug('each group gets as many long texts as all may have', 'longtexts', /^the service ended: /, [
    replace(DISPATCHER, 'MAX_TEXT_IN_HAND / lanes.length', 'MAX_TEXT_IN_HAND'),
  ]),
  bug('each group may have one text that is longer than its share', 'longtexts', /^the service ended: /, [
    replace(TEXT_LOANS, '      if (lentBytes > 0 && lentBytes + bytes > maxBytes) return;\n', ''),
  ]),
  bug('each attempt leaves its buffer behind', 'soak', /^memory grew by/, [
    replace(
      RUN_LANE,
      '  const mark = inFlight.mark(attemptId);\n',
      '  (globalThis.buffers ??= []).push(Buffer.alloc(262_144, 1));\n  const mark = inFlight.mark(attemptId);\n',
    ),
  ]),
  bug('a body that is null passes for an object', 'fuzz', /^\d+ answers were 500$/, [
    replace('src/http/json-body.ts', ' || value === null', ''),
  ]),
  bug('a pause that is no number is believed', 'fuzz', /: a pause of /, [
    replace(
      'src/providers/pause.ts',
      "  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds < 0) return header;\n",
      '',
    ),
  ]),
];

function bug(name: string, scene: SceneName, finds: RegExp, patches: readonly SourcePatch[]): PlantedBug {
  return { name, scene, finds, patches };
}

function replace(file: string, find: string, by: string): SourcePatch {
  return { file, find, replace: by };
}
