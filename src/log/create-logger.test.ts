import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { createLogger } from './create-logger.ts';
import { formatLine, localTime, rememberSecond } from './format-line.ts';
import type { LineSink } from './line-sink.ts';
import { openLogFiles } from './log-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'postpoint-log-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const timeMs = Date.parse('2025-07-01T22:07:02.081+08:00');
const inZone = (zone: string, run: () => string): string => {
  const before = process.env.TZ;
  process.env.TZ = zone;
  try {
    return run();
  } finally {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  }
};

test('a line is time, level, subject, text and fields, with tabs between', () => {
  const line = inZone('Asia/Shanghai', () =>
    formatLine({
      timeMs,
      level: 'info',
      subject: 'workweixin_bot',
      text: '成功',
      fields: { 耗时: '482.784ms' },
    }),
  );
  assert.equal(line, '2025-07-01T22:07:02.081+0800\tinfo\tworkweixin_bot\t成功\t{"耗时": "482.784ms"}\n');
});

test('a remembered second changes no time, in whatever order lines come', () => {
  const beforeSummerTime = Date.parse('2025-03-30T00:59:59.000Z');
  inZone('Europe/Berlin', () => {
    const remembered = rememberSecond();
    for (const stepMs of [0, 1, 999, 1_000, 1_001, 998, -1, 1_999, 2_000, 3_600_000, 0])
      assert.equal(remembered(beforeSummerTime + stepMs), localTime(beforeSummerTime + stepMs));
    assert.equal(remembered(beforeSummerTime), '2025-03-30T01:59:59.000+0100');
    assert.equal(remembered(beforeSummerTime + 1_007), '2025-03-30T03:00:00.007+0200');
    return '';
  });
});

test('fields are JSON with a space after colon and comma; none leaves no column', () => {
  const fields = { a: 'x\n"', b: 1, c: true, d: null };
  const line = inZone('America/St_Johns', () =>
    formatLine({ timeMs, level: 'warn', subject: '测试', text: '', fields }),
  );
  assert.equal(
    line,
    '2025-07-01T11:37:02.081-0230\twarn\t测试\t{"a": "x\\n\\"", "b": 1, "c": true, "d": null}\n',
  );
  assert.match(formatLine({ timeMs, level: 'info', subject: 'a', text: 'b', fields: {} }), /\tinfo\ta\tb\n$/);
});

test('one event is one line and no escape sequence, whatever it holds', () => {
  const nasty = fc.constantFrom(
    '\n',
    '\r',
    '\t',
    '\u001b[2J',
    '\u2028',
    '\u202e',
    '\u009b31m',
    '\u2066',
    '\ud800',
    'a',
    '中',
    '😀',
    '"',
  );
  const text = fc.array(nasty).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, text, text, (subject, words, value) => {
      const line = formatLine({ timeMs, level: 'info', subject, text: words, fields: { [value]: value } });
      const rest = line.slice(0, -1).replaceAll('\t', '');
      assert.doesNotMatch(rest, /[\p{Cc}\u2028-\u202e\u2066-\u2069]|\p{Surrogate}/u);
      assert.ok(line.split('\t').length <= 5);
      const fields = line.trimEnd().split('\t').at(-1) ?? '';
      assert.deepEqual(JSON.parse(fields), { [value]: value });
    }),
  );
});

test('lines below the level are dropped', () => {
  const lines: string[] = [];
  const consoleSink: LineSink = {
    write: (line) => lines.push(line),
    flush: async () => {},
    close: async () => {},
  };
  const logger = createLogger({
    console: true,
    folder: null,
    level: 'warn',
    consoleSink,
    nowMs: () => timeMs,
  });
  for (const level of ['debug', 'info', 'warn', 'error'] as const) logger[level]('a', level);
  assert.deepEqual(
    lines.map((line) => line.split('\t')[1]),
    ['warn', 'error'],
  );
});

test('log files hold every line and only their owner reads them', async () => {
  const inside = join(folder, 'owner', 'log');
  const logger = createLogger({ console: false, folder: inside, level: 'info' });
  for (let i = 0; i < 100; i++) logger.info('a', `line ${i}`);
  await logger.close();
  logger.info('a', 'dropped after close');
  const [name = '', ...others] = readdirSync(inside);
  assert.deepEqual(others, []);
  assert.match(name, /^postpoint\.\d{4}-\d\d-\d\d\.1\.log$/);
  const lines = readFileSync(join(inside, name), 'utf8').trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => line.split('\t')[3]),
    Array.from({ length: 100 }, (_, i) => `line ${i}`),
  );
  if (process.platform !== 'win32') {
    assert.equal(statSync(join(inside, name)).mode & 0o777, 0o600);
    assert.equal(statSync(inside).mode & 0o777, 0o700);
  }
});

test('log files rotate and old ones go', async () => {
  const inside = join(folder, 'rotate');
  const sink = openLogFiles(inside, { maxFileMegabytes: 0.001, oldFilesKept: 2 });
  for (let i = 0; i < 12; i++) {
    sink.write(`${i} ${'x'.repeat(1100)}\n`);
    await sink.flush();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await sink.close();
  const names = readdirSync(inside);
  assert.ok(names.length >= 2 && names.length <= 4, names.join());
  assert.match(names.map((name) => readFileSync(join(inside, name), 'utf8')).join(''), /^11 x/m);
});

test('a log folder that cannot be made is an error at the start', () => {
  writeFileSync(join(folder, 'file'), '');
  assert.throws(
    () => createLogger({ console: false, folder: join(folder, 'file', 'log'), level: 'info' }),
    /ENOTDIR|EEXIST/,
  );
});

test('a console whose reader has gone does not end or hang the process', { timeout: 20_000 }, async () => {
  const script = `
    import { createLogger } from ${JSON.stringify(new URL('./create-logger.ts', import.meta.url).href)};
    const logger = createLogger({ console: true, folder: null, level: 'info' });
    for (let i = 0; i < 50; i++) { logger.info('a', 'x'.repeat(10000)); await new Promise((r) => setTimeout(r, 2)); }
    await logger.close();
    process.exitCode = 7;`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.destroy();
  const code = await new Promise((resolve) => child.on('exit', resolve));
  assert.equal(code, 7);
});
