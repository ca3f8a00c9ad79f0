import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { OutboundRequest } from '../src/providers/provider.ts';
import { findProvider } from '../src/providers/registry.ts';
import { PLATFORM_IDS, type PlatformId } from '../src/sandbox/platforms.ts';
import type { Answer } from '../src/sandbox/stand-in.ts';
import { type Change, ROWS, type Row } from './support/answer-rows.ts';
import { arrivalOf, type LoneStandIn, NOW_MS, openLoneStandIn } from './support/ask-stand-in.ts';

// Goal: every answer that a stand-in can give is read by the provider as the platform's documents mean it. Method: a
// row for each answer with the request that draws it, and a look into the stand-ins' files for codes without a row.

for (const id of PLATFORM_IDS) {
  const answers: Answer[] = [];
  for (const row of ROWS[id]) {
    test(`${id}: ${row.name}`, async () => {
      const answer = await draw(id, row);
      answers.push(answer);
      assertRead(id, row, answer);
    });
  }

  test(`${id}: every code in the stand-in's files has a row`, () => {
    const drawn = answers.map(({ status, body: text }) => `${status} ${text}`);
    const codes = codesIn(id);
    assert.ok(codes.length > 0);
    assert.deepEqual(
      codes.filter((code) => !drawn.some((answer) => answer.includes(code))),
      [],
    );
  });
}

function assertRead(id: PlatformId, row: Row, { status, headers, body: text }: Answer): void {
  const provider = findProvider(id);
  assert.ok(provider);
  const verdict = provider.readAnswer({ httpStatus: status, headers, body: text, complete: true });
  const seen = `${status} ${text.slice(0, 300)}`;
  assert.equal(verdict.kind, row.kind, seen);
  assert.equal(verdict.platformCode, row.code, seen);
  assert.equal(verdict.pauseMs, row.pauseMs, seen);
  assert.equal(verdict.pausesPlatform, row.pausesPlatform, seen);
  if (row.kind === 'ok') {
    assert.equal(verdict.error, null);
    return;
  }
  assert.ok(verdict.error?.zh && verdict.error.en);
  // 0 is Discord's "general error", and a 5xx is read by its status.
  const isKnown =
    row.code === null || row.code === '0' || status >= 500 || Object.hasOwn(provider.codes, row.code);
  assert.ok(isKnown || row.notText || row.code === '1015', `${row.code} is not in the provider's table`);
}

/** What the platform answers to the row's request. */
async function draw(platform: PlatformId, row: Row): Promise<Answer> {
  const lone = openLoneStandIn({ platform, ...row.group });
  const arrival = (change: Change = () => ({})) => arrivalOf(changed(platform, lone, change), lone.standIn);
  if (row.scripted !== undefined) return lone.standIn[row.scripted](arrival());
  for (let n = 0; n < (row.after ?? 0); n++) await lone.standIn.rule(arrival());
  return (await lone.standIn.rule(arrival(row.request))).answer;
}

function changed(id: PlatformId, { endpoint }: LoneStandIn, change: Change): OutboundRequest {
  const built = findProvider(id)?.buildRequest(
    endpoint,
    { messageId: 'm', partKey: 'm', text: 'text' },
    NOW_MS,
  );
  assert.ok(built);
  return { ...built, ...change(built) };
}

/** How a code stands in the files of a platform's stand-in. */
const CODE: Readonly<Record<PlatformId, RegExp>> = {
  workweixin_bot: /(?:say|failure)\(\s*(?:request, )?(-?\d+)/g,
  feishu_bot: /(?:failure\(\s*|code: )(\d+)/g,
  dingtalk_bot: /(?:failure\(\s*|errcode: )(-?\d+)/g,
  slack_bot: /word\(\d+, '(\w+)'|error: '(\w+)'/g,
  discord_bot: /failure\(\d+, (\d+)|code: (\d+)|error code: (\d+)/g,
  mattermost_bot: /'([\w.]+\.app_error)'/g,
  telegram_bot: /fail(?:ure)?\(\d+, '([^']+)'/g,
  webhook: /(?:failure|jsonAnswer)\((\d+)/g,
};

function codesIn(id: PlatformId): string[] {
  const folder = join(import.meta.dirname, '../src/sandbox');
  const files = globSync(`${id.replace('_bot', '')}{_bot,-*,}.ts`, { cwd: folder, exclude: ['*.test.ts'] });
  const source = files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
  return [...source.matchAll(CODE[id])].map((match) => match.slice(1).find(Boolean) ?? '');
}
