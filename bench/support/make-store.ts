import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { createIds } from '../../src/core/ids.ts';
import { openForWriting } from '../../src/store/sqlite/open-database.ts';
import { DELIVERED, FAILED, RETRYING } from '../../src/store/sqlite/status-codes.ts';
import { createAlertText } from './alert-text.ts';
import { below, type Random } from './random.ts';

export const DAY_MS = 86_400_000;
/** The end of the past. */
export const END_MS = Date.UTC(2026, 10, 20);
export const PAST_DAYS = 180;
const MESSAGES_PER_COMMIT = 20_000;

/** The first ones get nearly everything; `rare` 40 messages, `legacy` three that still wait for a retry. */
const CHANNELS = [
  { name: 'ops', provider: 'webhook', share: 0.5 },
  { name: 'dev', provider: 'webhook', share: 0.8 },
  { name: 'db', provider: 'webhook', share: 0.95 },
  { name: 'biz', provider: 'webhook', share: 1 },
  { name: 'rare', provider: 'webhook', share: 0 },
  { name: 'legacy', provider: 'webhook', share: 0 },
] as const;
const RARE = 5;
const LEGACY = 6;
const RARE_MESSAGES = 40;
const LEGACY_MESSAGES = 3;

const OK_RESPONSE = '{"errcode":0,"errmsg":"ok"}';
const BUSY_RESPONSE = '{"errcode":-1,"errmsg":"system error, hint: [1668676454_1_busy]"}';
const GONE_RESPONSE = '{"errcode":93000,"errmsg":"invalid webhook url"}';
const BUSY_ERROR = JSON.stringify({ zh: '平台繁忙', en: 'the platform is busy' });
const GONE_ERROR = JSON.stringify({ zh: '机器人地址已失效', en: 'the webhook is gone' });

/** Makes a store with a long past in place of what is there. The same count and randomness give the same rows. */
export function makeStore(path: string, count: number, random: Random): void {
  mkdirSync(dirname(path), { recursive: true });
  for (const suffix of ['', '-wal', '-shm', '.search', '.search-wal', '.search-shm'])
    rmSync(path + suffix, { force: true });
  const db = openForWriting(path);
  // A store that is half made is thrown away, so nothing here needs to survive a power cut.
  db.exec('PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF; PRAGMA cache_size = -262144');
  const add = createAdder(db, random);
  const stepMs = (PAST_DAYS * DAY_MS) / count;
  for (let n = 0; n < count; n++) {
    if (n % MESSAGES_PER_COMMIT === 0) db.exec(n === 0 ? 'BEGIN' : 'COMMIT; BEGIN');
    add(Math.floor(END_MS - (count - n - random()) * stepMs), n, count);
  }
  db.exec('COMMIT; PRAGMA journal_mode = WAL');
  db.close();
}

function createAdder(db: DatabaseSync, random: Random) {
  const addMessage = db.prepare(
    "INSERT INTO message (id, request_id, msg_type, text, created_at_ms) VALUES (?, ?, 'text', ?, ?)",
  );
  const addDelivery = db.prepare(
    `INSERT INTO delivery (message_seq, channel_id, status, attempt_due_ms, retries_used, attempt_count, finished_at_ms, error)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const addAttempt = db.prepare(
    `INSERT INTO attempt (delivery_id, endpoint_id, number, part_index, possible_duplicate, started_at_ms, duration_ms,
       outcome, http_status, platform_code, response, error)
     VALUES (?, ?, ?, 0, 0, ?, ?, ?, ?, ?, ?, ?)`,
  );
  for (const [index, { name, provider }] of CHANNELS.entries()) {
    db.prepare('INSERT INTO channel (name, provider) VALUES (?, ?)').run(name, provider);
    db.prepare('INSERT INTO endpoint (hash, provider) VALUES (?, ?)').run(`hash ${index}`, provider);
  }
  const newId = createIds(random);
  const text = createAlertText(random);

  function addAttempts(
    delivery: number | bigint,
    channel: number,
    atMs: number,
    failures: number,
    end: 'ok' | 'gone' | null,
  ) {
    for (let number = 1; number <= failures; number++) {
      addAttempt.run(
        delivery,
        channel,
        number,
        atMs + number * 10_000,
        80 + below(random, 400),
        'transient',
        200,
        '-1',
        BUSY_RESPONSE,
        BUSY_ERROR,
      );
    }
    if (end === null) return;
    const last =
      end === 'ok'
        ? ['ok', 200, '0', OK_RESPONSE, null]
        : ['permanent', 200, '93000', GONE_RESPONSE, GONE_ERROR];
    addAttempt.run(delivery, channel, failures + 1, atMs + 20, 80 + below(random, 400), ...last);
  }

  function deliver(seq: number | bigint, channel: number, atMs: number): void {
    const luck = random();
    const failures = luck < 0.975 ? 0 : luck < 0.985 ? 1 + below(random, 3) : luck < 0.995 ? 0 : 6;
    const delivered = luck < 0.985;
    const status = delivered ? DELIVERED : FAILED;
    const error = delivered ? null : failures > 0 ? BUSY_ERROR : GONE_ERROR;
    const attempts = failures + (failures < 6 ? 1 : 0);
    const { lastInsertRowid } = addDelivery.run(
      seq,
      channel,
      status,
      null,
      failures,
      attempts,
      atMs + 500,
      error,
    );
    addAttempts(lastInsertRowid, channel, atMs, failures, delivered ? 'ok' : failures > 0 ? null : 'gone');
  }

  return (atMs: number, n: number, count: number): void => {
    const requestId = random() < 0.1 ? `req-${n}` : null;
    const { lastInsertRowid: seq } = addMessage.run(newId(atMs), requestId, text(), atMs);
    const share = random();
    const channel = CHANNELS.findIndex((candidate) => share < candidate.share) + 1;
    deliver(seq, channel, atMs);
    if (random() < 0.3) deliver(seq, (channel % 4) + 1, atMs);
    if (isNth(n, count, RARE_MESSAGES)) deliver(seq, RARE, atMs);
    if (!isNth(n, count, LEGACY_MESSAGES)) return;
    const { lastInsertRowid } = addDelivery.run(
      seq,
      LEGACY,
      RETRYING,
      END_MS + DAY_MS,
      1,
      1,
      null,
      BUSY_ERROR,
    );
    addAttempts(lastInsertRowid, LEGACY, atMs, 1, null);
  };
}

/** Whether this is one of `wanted` messages spread evenly over the past. */
function isNth(n: number, count: number, wanted: number): boolean {
  return n % Math.ceil(count / wanted) === 0;
}
