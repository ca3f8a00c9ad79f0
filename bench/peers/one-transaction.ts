import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { answerQuestions } from '../support/helper-process.ts';

/**
 * A durable accept without a group commit: node:http takes the message, node:sqlite keeps it in a transaction of its own,
 * with the same settings as PostPoint's store. Argument: the file of the store.
 */

const [path = ''] = process.argv.slice(2);
const db = new DatabaseSync(path);
db.exec(`
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE message (id INTEGER PRIMARY KEY, text TEXT NOT NULL, status INTEGER NOT NULL DEFAULT 0) STRICT;
`);
const insert = db.prepare('INSERT INTO message (text) VALUES (?)');

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { msg } = JSON.parse(Buffer.concat(chunks).toString()) as { msg: string };
    const { lastInsertRowid } = insert.run(msg);
    const answer = JSON.stringify({ code: 'ok', msg: 'success', id: String(lastInsertRowid) });
    response
      .writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': answer.length })
      .end(answer);
  });
});
const listening = new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
answerQuestions(async () => {
  await listening;
  return { port: (server.address() as AddressInfo).port };
});
