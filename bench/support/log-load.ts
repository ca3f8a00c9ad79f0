import { Pool } from 'undici';

/** Requests in flight at once. */
const CONNECTIONS = 64;

/** Posts texts as fast as they are accepted, for a time. @returns accepted requests per second. */
export async function postFor(url: string, channel: string, ms: number): Promise<number> {
  const pool = new Pool(url, { connections: CONNECTIONS });
  const endMs = performance.now() + ms;
  let accepted = 0;
  async function post(): Promise<void> {
    while (performance.now() < endMs) {
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: '/api/text',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          msg: `【告警】数据库主库 连接数超过阈值，当前值 ${accepted}%`,
          to: [channel],
        }),
      });
      await body.dump();
      if (statusCode === 200) accepted++;
    }
  }
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, post));
  const perSecond = accepted / ((performance.now() - startedMs) / 1000);
  await pool.close();
  return perSecond;
}

export interface PageAnswer {
  readonly items: readonly unknown[];
  readonly next_cursor: string | null;
  readonly searched_until: string | null;
}

export async function askLog(url: string, parameters: Record<string, string>): Promise<PageAnswer> {
  const response = await fetch(`${url}/api/messages?${new URLSearchParams(parameters)}`);
  const answer = (await response.json()) as PageAnswer & { msg: string };
  if (response.status !== 200) throw new Error(answer.msg);
  return answer;
}
