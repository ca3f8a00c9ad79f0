import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { BenchContext, BenchProgram, BenchResult } from './program.ts';
import { programs } from './programs.ts';
import { buildPeers } from './support/built-peers.ts';
import { describeMachine } from './support/machine.ts';
import { markdownTable } from './support/table.ts';

/** `npm run bench [-- NAME… --rounds N --measure-ms N --quick --path FILE --json FILE]`: measures and prints Markdown tables. */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    'measure-ms': { type: 'string', default: '5000' },
    quick: { type: 'boolean', default: false },
    path: { type: 'string', default: join(tmpdir(), 'postpoint-bench-log/postpoint.db') },
    json: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

const print = (line: string) => process.stdout.write(`${line}\n`);

// The services that are measured end with it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
process.exitCode = values.help ? printHelp() : await runAll();

function printHelp(): number {
  print('npm run bench [-- NAME… --rounds N --measure-ms N --quick --path FILE --json FILE]\n');
  for (const { name, about } of programs) print(`  ${name.padEnd(12)}${about}`);
  return 0;
}

async function runAll(): Promise<number> {
  const rounds = Number(values.rounds);
  const measureMs = Number(values['measure-ms']);
  const unknown = positionals.filter((word) => !programs.some(({ name }) => name === word));
  if (unknown.length > 0 || !isCount(rounds) || !isCount(measureMs)) {
    print(
      unknown.length > 0 ? `unknown: ${unknown.join(', ')}` : '--rounds and --measure-ms want numbers from 1',
    );
    printHelp();
    return 2;
  }
  await buildPeers();
  const machine = describeMachine();
  const date = new Date().toISOString();
  print(`${date}, ${Object.values(machine).join(', ')}; ${rounds} rounds of ${measureMs} ms`);
  const settings = { rounds, measureMs, quick: values.quick, logStorePath: resolve(values.path) };
  const results: Record<string, BenchResult> = {};
  for (const program of programs) {
    if (positionals.length > 0 && !positionals.includes(program.name)) continue;
    results[program.name] = await runOne(program, settings);
    // After each one: what is measured is kept when a later program breaks down.
    if (values.json !== undefined)
      writeFileSync(values.json, `${JSON.stringify({ date, machine, ...settings, results }, null, 1)}\n`);
  }
  return 0;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}

async function runOne(program: BenchProgram, settings: Omit<BenchContext, 'say'>): Promise<BenchResult> {
  const { name, about } = program;
  print(`\n## ${name}: ${about}\n`);
  const startedMs = performance.now();
  // Progress is no part of the tables.
  const say = (line: string) => process.stderr.write(`  ${name}: ${line}\n`);
  const result = await program.run({ ...settings, say });
  say(`${((performance.now() - startedMs) / 1_000).toFixed(0)} s`);
  if (result.kind === 'not_run') print(`not run: ${result.why}`);
  else for (const table of result.tables) print(`${markdownTable(table)}\n`);
  return result;
}
