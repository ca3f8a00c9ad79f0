import type { DatabaseSync } from 'node:sqlite';

/** Puts queued deliveries, a message for each, into an open store of a service that does not run. They come before any other. */
export function queueDeliveries(db: DatabaseSync, channelId: number, count: number): void {
  db.prepare(
    `WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ?)
     INSERT INTO message (id, msg_type, text, created_at_ms)
     SELECT printf('01%024d', n), 'text', 'queued ' || n, 0 FROM number`,
  ).run(count);
  db.prepare('INSERT INTO delivery (message_seq, channel_id) SELECT seq, ? FROM message').run(channelId);
}
