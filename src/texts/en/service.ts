import { COMMAND } from '../command-name.ts';
import type { service as zh } from '../zh/service.ts';

export const service: typeof zh = {
  langTag: 'en',
  noReason: 'the platform gave no reason',
  retriesUsedUp: (count, error) =>
    count === 0 ? `failed, and no retry is configured: ${error}` : `failed after ${count} retries: ${error}`,
  held: (error) =>
    `it can't be known whether the platform took it; stopped by on_uncertain = "hold", check the group and resend: ${error}`,
  endpointStopped: (error) =>
    `the channel is stopped and sends nothing until endpoint.url changes or POST /api/channels/{name}/resume is called: ${error}`,
  processDied:
    "PostPoint's process ended while sending, so it can't be known whether the platform took the message",
  processDiedBeforeSending:
    'the PostPoint process ended before the request had left; nothing was sent, it goes again at once',

  sent: 'delivered',
  willRetry: 'failed, will retry',
  paused: "platform's rate limit met, channel pauses",
  pausedForLack: 'this machine is short of resources, channel pauses',
  gaveUp: 'failed for good',
  stoppedUnsent: 'channel is stopped, messages failed unsent',
  channelStopped: 'the channel is stopped',
  resent: 'resend: queued',
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
  channelTookOver:
    'the channel has another platform now, which gets the deliveries that were open; a long text of which a part was sent begins anew',
  waiting: 'waiting',
  interrupted: 'the last process ended with attempts in flight; they are settled',
  leftoversUnread: 'what the last run left could not be read; delivery goes on all the same',
  interruptedUnknown: 'outcome unknown',
  interruptedRecovered: 'outcome recovered',
  interruptedNotSent: 'not sent yet',
  pagesUnreadable:
    'the files of the pages cannot be read: /log and /send answer with an error until a restart',
  inFlightTrouble:
    'the file of marks in flight cannot be written: if the process dies, everything in flight counts as unknown',
  count: 'count',

  stopping: 'stopping: no new messages, waiting for the attempts in flight',
  stopped: 'stopped',
  leftForNextStart: 'deliveries are not finished and go on at the next start',
  demoMode: `no config.toml found, running in demo mode: messages go to a sandbox on this machine only. Run ${COMMAND} init to get a configuration file`,
  demoSandbox: (url) => `open ${url} to see what the sandbox groups receive`,
  listening: (url) => `message API: POST ${url}`,
  pages: (url) => `push log: ${url}/log  send: ${url}/send  API: ${url}/swagger/`,
  openToNetwork:
    'the API listens beyond this machine and no api.headers are set: anyone on the network can send',
  storeFailed:
    "writing to the store failed and it can't be known whether the last commit is on disk; the service stops. Check the disk and start it again: open deliveries go on",
  storeKindMissing: (kind) => `this release has no ${kind} store yet, use sqlite:PATH`,
  storeInUse: 'another PostPoint process uses this store file, stop it first',
  storeTooNew: 'a newer PostPoint made this store file, use that version',
  storeMigrating:
    'bringing the store of an older version up to date; with many messages this takes minutes; a stop is safe, the next start begins anew',
  storeForeign: 'the store file is a database of another program and was left alone; check store.url',
  storeDamaged:
    'the store file is damaged or no store of PostPoint, and was left alone; restore a backup or check store.url',
  storeOrphanedLog:
    'the store file is absent or empty, and its -wal file still has data; put the store file back, and delete the -wal only if it is not needed any more',
  storeNotFile:
    'what stands at the path of the store is no regular file (a folder, a pipe, a device) and was left alone; check store.url',
  storeForbidden: 'no permission to read and write the store file or its folder, check their modes',
  storeNoSpace: 'the disk is full and the store cannot be written; make room and start again',
  inFlightStuck:
    'the file of marks in flight of the last run cannot be removed; check its mode and that of its folder',
  storeUnusable: 'the store file cannot be used',
  file: 'file',
  portTaken: (address) => `${address} is taken by another program, change api.port or stop that program`,
  portForbidden: (address) => `no permission to listen on ${address}, use a port above 1024`,
  addressUnknown: (address) => `${address} is no address of this machine, check api.host`,
  startFailed: 'start failed',
};
