import type { service as zh } from '../zh/service.ts';

export const service: typeof zh = {
  langTag: 'en',
  noReason: 'the platform gave no reason',
  retriesUsedUp: (count, error) =>
    count === 0 ? `failed, and no retry is configured: ${error}` : `failed after ${count} retries: ${error}`,
  held: (error) =>
    `it can't be known whether the platform took it; stopped by on_uncertain = "hold", check the group and resend: ${error}`,
  processDied:
    "PostPoint's process ended while sending, so it can't be known whether the platform took the message",

  sent: 'delivered',
  willRetry: 'failed, will retry',
  paused: "platform's rate limit met, channel pauses",
  gaveUp: 'failed for good',
  partSent: 'part delivered',
  duration: 'duration',
  attempt: 'attempt',
  messageId: 'message',
  waitSeconds: 'wait_s',
  reason: 'reason',
  storeTrouble: 'the store is unavailable; delivery pauses and resumes by itself',
  storeBack: 'the store works again; delivery goes on',
  laneBug: 'fault while serving the channel; going on shortly',
  keyReused: 'one X-Ppt-Request-ID came with another text; the first result was returned',
  channelNotConfigured: 'the configuration has no such channel; its messages keep waiting',
  waiting: 'waiting',
  interrupted: 'attempts were in flight when the last process ended; handled by policy',
  count: 'count',
};
