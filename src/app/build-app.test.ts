import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { demoConfig } from '../config/load.ts';
import { systemClock } from '../core/clock.ts';
import type { Logger } from '../log/logger.ts';
import { providers } from '../providers/registry.ts';
import { noMarks } from '../store/in-flight.ts';
import { openInlineStore } from '../store/sqlite/inline-store.ts';
import { StoreError } from '../store/store.ts';
import { texts } from '../texts/texts.ts';
import { startApp } from './build-app.ts';

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

test('a start that fails when it listens already leaves nobody who asked for a page without an answer', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'postpoint-app-'));
  const port = await freePort();
  const store = openInlineStore({ path: join(folder, 'postpoint.db'), clock: systemClock });
  t.after(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  let asked: Promise<Response> | undefined;
  const starting = startApp({
    config: demoConfig({ toml: configToml(port), cwd: folder, providers }),
    store: {
      ...store,
      // The first thing that it wants after it listens.
      async listInterrupted() {
        asked = fetch(`http://127.0.0.1:${port}/log`);
        // Until the request is there.
        await sleep(300);
        throw new Error('no disk');
      },
    },
    inFlight: noMarks,
    logger: silent,
    lang: 'en',
    version: '0',
  });
  await assert.rejects(starting, /no disk/);
  assert.equal((await asked)?.status, 500);
});

test('a start goes on where the store cannot tell what the last run left, and says so', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'postpoint-app-'));
  const store = openInlineStore({ path: join(folder, 'postpoint.db'), clock: systemClock });
  const warned: string[] = [];
  t.after(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  const app = await startApp({
    config: demoConfig({ toml: configToml(0), cwd: folder, providers }),
    store: { ...store, listHeldEndpoints: () => Promise.reject(new StoreError('unavailable', 'disk full')) },
    inFlight: noMarks,
    logger: { ...silent, warn: (_subject, text, fields) => warned.push(text, String(fields?.reason)) },
    lang: 'en',
    version: '0',
  });
  assert.deepEqual(warned, [texts.en.service.leftoversUnread, 'disk full']);
  const { status } = await fetch(`${app.url}/healthz`);
  assert.equal(status, 200);
  await app.stop();
});

const configToml = (port: number) => `
api.port = ${port}
[channel.ops]
provider = "webhook"
endpoint.url = "http://127.0.0.1:9/"
`;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
