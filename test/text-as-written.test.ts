import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { splitText } from '../src/channel/split-text.ts';
import type { Provider } from '../src/providers/provider.ts';
import { providers } from '../src/providers/registry.ts';
import { PLATFORM_IDS } from '../src/sandbox/platforms.ts';
import type { Shown } from '../src/sandbox/stand-in.ts';
import { arrivalOf, NOW_MS, openLoneStandIn } from './support/ask-stand-in.ts';
import { hostileText, longText } from './support/hostile-text.ts';

// Goal: whatever the text, its readers see what was written and nobody is called. Method: random text full of markup
// goes through each provider, and the platform's stand-in, which was written without looking at providers, reads it.

interface Reading {
  /** What a provider puts between two characters where the platform has no escape; it takes no room on the screen. */
  readonly guard?: string;
  /** What the platform does to every text, and no escape prevents. */
  readonly platformMakes?: (text: string) => string;
}

const READINGS: Readonly<Record<string, Reading>> = {
  workweixin_bot: { guard: '\u200b' },
  feishu_bot: { guard: '\u200b' },
  // White space around a message is dropped, and a line end is a line end.
  discord_bot: { platformMakes: (text) => text.replace(/\r\n?/g, '\n').trim() },
  // The web client's parser turns every line end into one, and a no-break space into a space.
  mattermost_bot: {
    guard: '\u200b',
    platformMakes: (text) =>
      text.replaceAll('\u2424', '\n').replace(/\r\n?/g, '\n').replaceAll('\u00a0', ' '),
  },
  // Control characters become spaces; marks that turn the reading direction and three accents go; both ends are trimmed.
  telegram_bot: {
    guard: '\u2060',
    platformMakes: (text) =>
      text
        .replaceAll('\r', '')
        .replace(/(?!\n)\p{Cc}/gu, ' ')
        .replace(/[\u2028-\u202e]|\u030a|\u0333|\u033f/g, '')
        .trim(),
  },
};

/** Texts that a provider once got wrong, and that random text finds only rarely. */
const ONCE_WRONG: Readonly<Record<string, readonly string[]>> = {
  discord_bot: [
    // Discord drops the white space in front, and then the line starts with the mark.
    '\u3000# 标题',
    // Only `http` in lower case starts a link there.
    'HTTP://x.test/*a*b',
    'HTTP://x.test/https://y.test/*a*b',
  ],
  mattermost_bot: [
    // More than http and https is a link in the web client, and in a link a backslash shows.
    'www.x.test/a_b',
    'mailto:a_b@x.test',
    'http://www.',
    // Its parser takes these for a space and for a line end.
    '\u00a0# a',
    'a\u2424# b',
    'https://x.test/a\u2424# b',
    '    \u3000*',
    '\u00a0\u00a0 \u00a0*',
    // A closing bracket without a partner ends a link in the client of 2025.
    '[详情](https://x.test)**注意**请看',
    // In a link entities are still read.
    'https://x.test/?a&lt;=1',
    'https://x.test/?a&lt;',
    // No link: it does not begin a word, or its scheme is in upper case.
    'xhttps://x.test/*a*b',
    'see HTTP://x.test/*a*b',
    // No link for the server, so that the mention counts: a host with `_`, or one that begins with punctuation.
    'https://a_b.test/@here',
    'https://[::1]/@here',
    'https://x.test@here',
  ],
  // The mark between the two is dropped, and then they are a mention.
  telegram_bot: ['@\u202dbob1'],
};

const chats = providers.filter(({ id }) => PLATFORM_IDS.some((known) => known === id));

test('every provider has a stand-in to read it', () => {
  assert.deepEqual(
    chats.map(({ id }) => id),
    providers.map(({ id }) => id),
  );
});

for (const provider of chats) {
  const { id, textLimit } = provider;

  test(`${id}: a text is shown as it was written and calls nobody`, async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, async (text) => assertAsWritten(await show(provider, text), text, id)),
      { numRuns: 400 },
    );
  });

  if (textLimit !== null) {
    test(`${id}: a long text arrives whole, in parts that the platform takes`, async () => {
      const text = longText(2.2 * textLimit.max);
      await fc.assert(
        fc.asyncProperty(text, (long) => assertPartsAsWritten(provider, long)),
        { numRuns: Math.ceil(60_000 / textLimit.max) },
      );
    });
  }

  for (const text of ONCE_WRONG[id] ?? []) {
    test(`${id}: ${JSON.stringify(text)}`, async () => assertAsWritten(await show(provider, text), text, id));
  }
}

/** What the members see of one request. The stand-in must take it as one message. */
async function show({ id, buildRequest }: Provider, text: string): Promise<Shown> {
  const platform = PLATFORM_IDS.find((known) => known === id);
  assert.ok(platform);
  const { standIn, endpoint } = openLoneStandIn({ platform, rateLimits: false });
  const request = buildRequest(endpoint, { messageId: 'm', partKey: 'm', text }, NOW_MS);
  const ruling = await standIn.rule(arrivalOf(request, standIn));
  assert.equal(ruling.kind, 'shown', `refused: ${ruling.answer.status} ${ruling.answer.body}`);
  assert.ok(ruling.kind === 'shown' && ruling.posts[0] && ruling.posts.length === 1, 'one message');
  return ruling.posts[0];
}

function assertAsWritten(shown: Shown, text: string, id: string): void {
  const { guard, platformMakes = (same: string) => same } = READINGS[id] ?? {};
  const unguarded = (any: string) => (guard === undefined ? any : any.replaceAll(guard, ''));
  assert.equal(unguarded(shown.display), unguarded(platformMakes(text)));
  assert.deepEqual(shown.mentions, []);
}

async function assertPartsAsWritten(provider: Provider, text: string): Promise<void> {
  const result = splitText(text, provider.textLimit, 'split');
  assert.ok(result.kind === 'parts' && result.parts.length > 1);
  const bare = result.parts.map((part, index) => {
    const marker = `(${index + 1}/${result.parts.length})\n`;
    assert.ok(part.startsWith(marker));
    return part.slice(marker.length);
  });
  assert.equal(bare.join(''), text);
  assertWholeGraphemes(bare);
  for (const part of result.parts) assertAsWritten(await show(provider, part), part, provider.id);
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** A cut is within a grapheme only where that alone is more than one part can hold. */
function assertWholeGraphemes(parts: readonly string[]): void {
  const segments = graphemes.segment(parts.join(''));
  let start = 0;
  for (const part of parts.slice(0, -1)) {
    const end = start + part.length;
    const cutOpen = segments.containing(end)?.index ?? end;
    assert.ok(cutOpen === end || cutOpen <= start, `a grapheme is cut at ${end}`);
    start = end;
  }
}
