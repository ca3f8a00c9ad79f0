import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/core/clock.ts';
import { openInlineStore } from '../../src/store/sqlite/inline-store.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { SimulatedClock } from '../support/simulated-clock.ts';
import { liveLogConformance } from './live-log-conformance.ts';
import { logConformance } from './log-conformance.ts';
import { pushLogConformance } from './push-log-conformance.ts';
import { recordConformance } from './record-conformance.ts';
import { restartConformance } from './restart-conformance.ts';
import { storeConformance } from './store-conformance.ts';
import type { StoreUnderTest } from './store-kit.ts';
import { successionConformance } from './succession-conformance.ts';

const folder = mkdtempSync(join(tmpdir(), 'postpoint-store-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

function openAt(path: string, clock: SimulatedClock): StoreUnderTest {
  const store = openInlineStore({ path, clock });
  return {
    store,
    async reopen(nextClock) {
      await store.close();
      return openAt(path, nextClock);
    },
    close: () => store.close(),
  };
}

storeConformance('sqlite', async (clock) => openAt(join(folder, 'conformance.db'), clock));
recordConformance('sqlite', async (clock) => openAt(join(folder, 'record.db'), clock));
restartConformance('sqlite', async (clock) => openAt(join(folder, 'restart.db'), clock));
successionConformance('sqlite', async (clock) => openAt(join(folder, 'succession.db'), clock));
pushLogConformance('sqlite', async (clock) => openAt(join(folder, 'push-log.db'), clock));
liveLogConformance('sqlite', async (clock) => openAt(join(folder, 'live-log.db'), clock));

logConformance('sqlite on one thread', async () =>
  openInlineStore({ path: join(folder, 'log.db'), clock: systemClock }),
);
logConformance('sqlite', () =>
  openSqliteStore({
    path: join(folder, 'log-threads.db'),
    onFatal: (error) => {
      throw error;
    },
  }),
);
