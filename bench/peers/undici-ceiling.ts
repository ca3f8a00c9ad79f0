import { Pool } from 'undici';
import { answerQuestions } from '../support/helper-process.ts';

/**
 * The limit of a delivery: posts the same body over and over, as fast as it is answered, as many at once as PostPoint
 * has in flight. Argument: the URL of the sink. It starts with the first question.
 */

const CONCURRENCY = 64;
const [sinkUrl = ''] = process.argv.slice(2);
const BODY = JSON.stringify({
  id: '01M859ZNMM5WDSS4X77MKFJXWW',
  msg_type: 'text',
  msg: '[alert] order-service 10.12.3.4 error rate over 5%, current 123, please check the last release',
});
const { origin, pathname } = new URL(sinkUrl);
const pool = new Pool(origin, { connections: CONCURRENCY });

async function postForEver(): Promise<void> {
  for (;;) {
    const { body } = await pool.request({
      method: 'POST',
      path: pathname,
      headers: { 'content-type': 'application/json' },
      body: BODY,
    });
    await body.dump();
  }
}

answerQuestions(() => {
  for (let n = 0; n < CONCURRENCY; n++) void postForEver();
  return {};
});
