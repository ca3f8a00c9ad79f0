import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerQuestions } from '../support/helper-process.ts';

/** The limit: reads the same body, parses nothing, keeps nothing, and answers the same bytes as an accepted message. */

const ANSWER = JSON.stringify({ code: 'ok', msg: 'success', id: '01M859ZNMM5WDSS4X77MKFJXWW' });
const HEADERS = { 'content-type': 'application/json; charset=utf-8', 'content-length': ANSWER.length };

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    Buffer.concat(chunks);
    response.writeHead(200, HEADERS).end(ANSWER);
  });
});
const listening = new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
answerQuestions(async () => {
  await listening;
  return { port: (server.address() as AddressInfo).port };
});
