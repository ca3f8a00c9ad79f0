import { parseArgs } from 'node:util';
import type { FaultContext, FaultProgram, FaultResult } from './program.ts';
import { programs } from './programs.ts';
import { createRandom } from './support/random.ts';

/** `npm run faults [-- NAME… --full --seed N]`: breaks things and prints one line for each program. */

/** At most so many sentences of one program are printed: the first ones tell, the rest repeats. */
const MAX_SENTENCES = 20;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    full: { type: 'boolean', default: false },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

const print = (line: string) => process.stdout.write(`${line}\n`);

process.exitCode = values.help ? printHelp() : await runAll();

function printHelp(): number {
  print('npm run faults [-- NAME… --full --seed N]\n');
  for (const { name, about } of programs) print(`  ${name.padEnd(12)}${about}`);
  return 0;
}

async function runAll(): Promise<number> {
  const seed = Number(values.seed);
  const unknown = positionals.filter((word) => !programs.some(({ name }) => name === word));
  if (unknown.length > 0 || !Number.isSafeInteger(seed)) {
    print(unknown.length > 0 ? `unknown: ${unknown.join(', ')}` : '--seed wants a whole number');
    printHelp();
    return 2;
  }
  const chosen = programs.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const program of chosen) counts[await runOne(program, seed)]++;
  print(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return counts.failed > 0 ? 1 : 0;
}

async function runOne(program: FaultProgram, seed: number): Promise<'passed' | 'failed' | 'skipped'> {
  const context: FaultContext = {
    seed,
    random: createRandom(seed),
    full: values.full,
    say: (line) => print(`  ${program.name}: ${line}`),
  };
  const startedMs = performance.now();
  const result = await runSafely(program, context);
  context.say(`${((performance.now() - startedMs) / 1_000).toFixed(1)} s, --seed ${seed}`);
  if (result.kind === 'not_run') {
    print(`${program.name} not run: ${result.why} NOT-RUN`);
    return 'skipped';
  }
  for (const sentence of result.broken.slice(0, MAX_SENTENCES)) context.say(sentence);
  if (result.broken.length > MAX_SENTENCES) context.say(`… ${result.broken.length} in all`);
  const passed = result.broken.length === 0;
  print(`${program.name} ${result.value} [${result.bound}] ${passed ? 'PASS' : 'FAIL'}`);
  return passed ? 'passed' : 'failed';
}

/** A program that breaks down has proved nothing. */
async function runSafely(program: FaultProgram, context: FaultContext): Promise<FaultResult> {
  try {
    return await program.run(context);
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { kind: 'measured', value: 'broke down', bound: 'runs to its end', broken: [text] };
  }
}
