import { Queue, Worker } from 'bullmq';
import fastify from 'fastify';
import { Pool } from 'undici';
import { answerQuestions } from '../support/helper-process.ts';

/**
 * What many a team would build instead: Fastify takes the message, BullMQ keeps it in Redis, a worker posts it with undici
 * and tries again after a failure. Arguments: the port of Redis, the URL of the sink ('' = no worker: accept only).
 */

const [redisPort = '', sinkUrl = ''] = process.argv.slice(2);
/** As many requests in flight as PostPoint has. */
const CONCURRENCY = 64;
/** The log of what was sent is kept, as far as Redis' memory is the place for it. */
const KEEP_COMPLETED = 10_000;

const connection = { host: '127.0.0.1', port: Number(redisPort), maxRetriesPerRequest: null };
const queue = new Queue<{ msg: string }>('text', {
  connection,
  defaultJobOptions: {
    attempts: 6,
    backoff: { type: 'fixed', delay: 10_000 },
    removeOnComplete: { count: KEEP_COMPLETED },
  },
});

if (sinkUrl !== '') {
  const { origin, pathname } = new URL(sinkUrl);
  const pool = new Pool(origin, { connections: CONCURRENCY });
  new Worker<{ msg: string }>(
    'text',
    async ({ data }) => {
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: pathname,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(data),
      });
      await body.dump();
      if (statusCode >= 300) throw new Error(`HTTP ${statusCode}`);
    },
    { connection, concurrency: CONCURRENCY },
  );
}

const app = fastify();
const schema = {
  body: { type: 'object', required: ['msg'], properties: { msg: { type: 'string', minLength: 1 } } },
};
app.post<{ Body: { msg: string } }>('/api/text', { schema }, async ({ body }) => {
  const job = await queue.add('text', { msg: body.msg });
  return { code: 'ok', msg: 'success', id: job.id };
});
const url = await app.listen({ host: '127.0.0.1', port: 0 });
answerQuestions(() => ({ port: Number(new URL(url).port) }));
