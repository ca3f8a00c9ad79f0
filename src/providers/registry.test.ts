import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { WEBHOOK_METHODS } from '../core/channel-config.ts';
import { OUTCOME_KINDS } from '../core/outcome.ts';
import { Secret } from '../core/secret.ts';
import { endpointOf, PART } from './provider-test-kit.ts';
import { findProvider, PROVIDER_IDS, providers } from './registry.ts';

// Goal: what every platform owes, asked of each. Method: the registry, and random answers and texts.

/** Held by the documentation, in its order. A platform that came later holds its own figures in its own test. */
const DOCUMENTED = [
  ['workweixin_bot', 18, 1, ''],
  ['feishu_bot', 98, 4, 'secret'],
  ['dingtalk_bot', 18, 1, 'secret'],
  ['slack_bot', 0, 1, ''],
  ['discord_bot', 28, 2, ''],
  ['mattermost_bot', 0, 10, ''],
  ['webhook', 0, 10, 'secret endpoint.method content_type headers'],
] as const;

test('the documented platforms have their default limits and keys, in the order of the documentation', () => {
  const table = providers
    .filter(({ id }) => DOCUMENTED.some(([documented]) => documented === id))
    .map(({ id, windows, fields }) => [
      id,
      windows.minute.maxSends,
      windows.second.maxSends,
      fields.join(' '),
    ]);
  assert.deepEqual(table, DOCUMENTED);
});

test('every platform has an id and a label of its own', () => {
  assert.deepEqual(
    PROVIDER_IDS,
    providers.map(({ id }) => id),
  );
  for (const names of [
    PROVIDER_IDS,
    providers.map(({ label }) => label.zh),
    providers.map(({ label }) => label.en),
  ])
    assert.equal(new Set(names).size, providers.length);
});

test('a platform is found by its id only', () => {
  for (const provider of providers) assert.equal(findProvider(provider.id), provider);
  for (const id of ['', 'feishu', 'FEISHU_BOT', 'constructor']) assert.equal(findProvider(id), undefined);
});

const fixtures = new URL('../../test/fixtures/', import.meta.url);
const SOURCE = /\(read 20\d\d-\d\d(-\d\d)?\)$/;

for (const provider of providers) {
  const { id, windows, textLimit, codes } = provider;

  test(`${id} has a file of its name and fixtures`, () => {
    assert.ok(existsSync(new URL(`${id}.ts`, import.meta.url)));
    assert.ok(readdirSync(new URL(id, fixtures)).length > 0);
  });

  test(`${id} names a source for every figure and code, and says both languages`, () => {
    const figures = [
      windows.minute,
      windows.second,
      ...(textLimit ? [textLimit] : []),
      ...Object.values(codes),
    ];
    for (const { source } of figures) assert.match(source, SOURCE);
    const meanings = [provider.label, ...Object.values(codes).map(({ meaning }) => meaning)];
    const example = URL.parse(provider.exampleUrl) ?? assert.fail('the example is no URL');
    const owners = providers.filter(({ ownUrl }) => ownUrl?.test(example.host + example.pathname));
    assert.deepEqual(
      owners.map((owner) => owner.id),
      provider.ownUrl === null ? [] : [id],
    );
    for (const { zh, en } of meanings) {
      assert.ok(zh.trim() !== '' && en.trim() !== '');
      assert.doesNotMatch(en, /\p{Script=Han}/u);
    }
  });

  test(`${id}: our pace is below the documented one`, () => {
    for (const { maxSends, documented } of [windows.minute, windows.second]) {
      if (documented !== null) assert.ok(maxSends > 0 && maxSends <= documented);
    }
  });

  test(`${id} gives every rate code its pause, and no other`, () => {
    for (const { kind, pauseMs } of Object.values(codes)) {
      assert.equal(pauseMs !== undefined, kind === 'rate_limited');
    }
  });

  test(`${id} reads any answer without throwing, and a pause is 1 s to 24 h`, () => {
    fc.assert(
      fc.property(anyAnswer(Object.keys(codes)), (answer) => {
        const { kind, error, pauseMs } = provider.readAnswer(answer);
        assert.ok(OUTCOME_KINDS.includes(kind));
        assert.equal(error === null, kind === 'ok');
        assert.equal(pauseMs !== undefined, kind === 'rate_limited');
        if (pauseMs !== undefined)
          assert.ok(Number.isInteger(pauseMs) && pauseMs >= 1_000 && pauseMs <= 86_400_000);
        if (kind === 'ok') assert.ok(answer.httpStatus >= 200 && answer.httpStatus <= 299);
        if (error) assert.ok(error.zh.length <= 600 && error.zh.isWellFormed() && error.en.isWellFormed());
      }),
      { numRuns: 400 },
    );
  });

  test(`${id} builds a well-formed request of any text, the same each time`, () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.string());
    fc.assert(
      fc.property(text, fc.boolean(), fc.constantFrom(...WEBHOOK_METHODS), (written, signed, method) => {
        // Half a surrogate pair too: a cut of ours must never make one, and if it did, the request must hold.
        const part = { ...PART, text: `${written}\ud83d` };
        const endpoint = endpointOf('https://host.test/hook?key=k', {
          method,
          secret: signed ? new Secret('c2VjcmV0') : null,
        });
        const request = provider.buildRequest(endpoint, part, 1_700_000_000_000);
        assert.deepEqual(request, provider.buildRequest(endpoint, part, 1_700_000_000_000));
        assert.ok(URL.canParse(request.url));
        assert.match(request.url, /^[!-~]+$/);
        assert.ok((request.body ?? '').isWellFormed());
        if (request.body !== null) JSON.parse(request.body);
        for (const [name, value] of Object.entries(request.headers)) {
          assert.match(name, /^[a-z-]+$/);
          assert.match(value, /^[ -~]+$/);
        }
      }),
    );
  });

  if (textLimit !== null) {
    test(`${id} measures what it sends, within a few units of the sum of two halves`, () => {
      fc.assert(
        fc.property(
          fc.string({ unit: 'grapheme', maxLength: 60 }),
          fc.string({ unit: 'grapheme', maxLength: 60 }),
          (a, b) => {
            const empty = textLimit.measure('');
            const sum = textLimit.measure(a) + textLimit.measure(b) - empty;
            assert.ok(Math.abs(textLimit.measure(a + b) - sum) <= 12);
          },
        ),
      );
    });

    test(`${id} measures hostile text in linear time`, () => {
      const hostile = [
        '<',
        '&',
        '$',
        ':a',
        ':',
        '@',
        '~',
        ' ',
        '-',
        '\\',
        '*',
        '(',
        'https://a',
        'a',
        '1',
        '.',
        '\n ',
        '[',
        '<a',
        '=',
        '\t',
      ];
      const startMs = performance.now();
      for (const piece of hostile) textLimit.measure(piece.repeat(200_000 / piece.length));
      // A quadratic rule needs minutes for one of these.
      assert.ok(performance.now() - startMs < 5_000);
    });
  }
}

function anyAnswer(codes: readonly string[]) {
  const code = fc.oneof(
    fc.constantFrom(...codes),
    fc.integer(),
    fc.double(),
    fc.string(),
    fc.constant(null),
    fc.object(),
  );
  const body = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '',
      'ok',
      '<html>',
      '{',
      '[]',
      'null',
      '0',
      '{"errcode":0}',
      '{"code":0}',
      '{"__proto__":{"code":0}}',
    ),
    fc.json(),
    fc
      .record(
        {
          errcode: code,
          code,
          id: code,
          error: code,
          errmsg: fc.string(),
          retry_after: code,
          wait: code,
          status: code,
        },
        { requiredKeys: [] },
      )
      .map((value) => JSON.stringify(value)),
    fc.constantFrom(...codes),
  );
  const headerValue = fc.oneof(fc.string(), fc.integer().map(String), fc.date().map(String));
  return fc.record({
    httpStatus: fc.oneof(
      fc.constantFrom(200, 204, 301, 400, 401, 403, 404, 410, 429, 500, 501, 503),
      fc.integer({ min: 100, max: 999 }),
    ),
    headers: fc.dictionary(
      fc.constantFrom(
        'retry-after',
        'date',
        'x-ratelimit-reset',
        'x-ogw-ratelimit-reset',
        'x-ratelimit-limit',
        'location',
      ),
      headerValue,
    ),
    body,
    complete: fc.boolean(),
  });
}
