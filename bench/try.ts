import { measureLoad, withBench } from './support/measure-load.ts';
import { bare, bullmq, postpoint } from './support/subjects.ts';
const rounds = Number(process.argv[2] ?? 1); const which = process.argv[3] ?? '';
await withBench(async (bench) => {
  const subjects = [
    bare,
    postpoint('paused', { channels: [{ name: 'sink', url: `${bench.sinkUrl}/busy` }] }),
    postpoint('delivering', { channels: [{ name: 'sink', url: `${bench.sinkUrl}/` }] }),
    bullmq('bullmq paused always', 'always', null),
    bullmq('bullmq delivering always', 'always', `${bench.sinkUrl}/`),
  ].filter(({ name }) => name.includes(which) || (which === '' || name.startsWith('bare')));
  for (let round = 0; round < rounds; round++)
    for (const s of subjects) {
      const r = await s.start();
      try {
        const m = await measureLoad(bench, r, { connections: 64, measureMs: 4000 });
        console.log(s.name.padEnd(26), m.acceptedPerSecond.toFixed(0).padStart(7), 'acc/s', m.arrivedPerSecond.toFixed(0).padStart(7), 'arr/s', 'p50', m.accept.p50?.toFixed(2), 'p99', m.accept.p99?.toFixed(2), 'arrival', m.arrival.p50?.toFixed(1), m.arrival.p99?.toFixed(1), 'cpu', m.cpuUsPerMessage.toFixed(1), 'us', 'peak', m.peakMiB.toFixed(0), m.refused);
      } finally { await r.stop(); }
    }
});
