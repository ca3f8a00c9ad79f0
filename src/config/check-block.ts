import { nearest } from '../core/nearest-word.ts';
import type { Provider } from '../providers/provider.ts';
import { localText } from '../texts/texts.ts';
import { type CheckDeps, checkTable, placeOf, type Values } from './check-table.ts';
import { checkWebhookSecret } from './check-text.ts';
import { DOUBTFUL_KEYS, doubtAbout } from './doubtful-values.ts';
import { substituteEnv } from './env.ts';
import { CHANNEL_KEYS, type KeySpec, PROVIDER_KEY } from './keys.ts';
import type { Fault } from './problem.ts';
import { pathText, type TomlEntry } from './read-toml.ts';

/** The entries of one `[provider.TYPE]` or `[channel.NAME]`; their paths begin after that. */
export interface RawBlock {
  readonly kind: 'provider' | 'channel';
  readonly name: string;
  /** Where the file first speaks of it. */
  readonly line: number;
  readonly entries: TomlEntry[];
}

/** One channel whose platform is known. */
export interface ChannelBlock {
  readonly name: string;
  readonly provider: Provider;
  readonly values: Values;
}

const CHANNEL_NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** null: the platform is not known, and the fault reported. */
export function checkBlock(block: RawBlock, deps: CheckDeps): ChannelBlock | null {
  const parent = [block.kind, block.name];
  const place = { line: block.line, key: pathText(parent) };
  const provider = block.kind === 'provider' ? providerOfName(block, deps) : providerOfKey(block, deps);
  if (block.kind === 'channel' && !CHANNEL_NAME.test(block.name))
    deps.report(place, {
      what: localText((t) => t.config.badName),
      allowed: localText((t) => t.config.allowedName),
    });
  // Of an unknown platform in `[provider.TYPE]` nobody knows which keys it takes.
  if (provider === null && block.kind === 'provider') return null;
  const entries = block.entries.filter(
    (entry) => block.kind === 'provider' || entry.path[0] !== PROVIDER_KEY,
  );
  const values = checkTable(entries, specsFor(provider), parent, deps, provider);
  if (!block.entries.some((entry) => pathText(entry.path) === 'endpoint.url'))
    deps.report(
      { line: block.line, key: pathText([...parent, 'endpoint', 'url']) },
      {
        what: localText((t) => t.config.missing),
        allowed: localText((t) => t.config.allowedHttpUrl),
      },
    );
  if (provider === null) return null;
  const checked = { name: block.name, provider, values };
  for (const key of DOUBTFUL_KEYS) {
    const entry = entries.find((candidate) => pathText(candidate.path) === key);
    const doubt = doubtAbout(key, checked, deps.providers);
    if (entry !== undefined && doubt !== null) deps.warn(placeOf(entry, parent), doubt);
  }
  return checked;
}

function providerOfName(block: RawBlock, deps: CheckDeps): Provider | null {
  const found = deps.providers.find((provider) => provider.id === block.name);
  if (found !== undefined) return found;
  deps.report(
    { line: block.line, key: pathText([block.kind, block.name]) },
    unknownProvider(block.name, deps),
  );
  return null;
}

function providerOfKey(block: RawBlock, deps: CheckDeps): Provider | null {
  const key = pathText([block.kind, block.name, PROVIDER_KEY]);
  const ids = deps.providers.map((provider) => provider.id);
  const entry = block.entries.find((candidate) => candidate.path[0] === PROVIDER_KEY);
  const allowed = localText((t) => t.config.oneOf(ids));
  if (entry === undefined) {
    deps.report({ line: block.line, key }, { what: localText((t) => t.config.missingProvider), allowed });
    return null;
  }
  const place = { line: entry.line, key };
  if (entry.value.kind !== 'string' || entry.path.length > 1) {
    const { kind } = entry.path.length > 1 ? { kind: 'table' as const } : entry.value;
    deps.report(place, { what: localText((t) => t.config.isA(t.config.kinds[kind])), allowed });
    return null;
  }
  const filled = substituteEnv(entry.value.value, deps.env);
  if (!filled.ok) {
    for (const fault of filled.faults) deps.report(place, fault);
    return null;
  }
  const found = deps.providers.find((provider) => provider.id === filled.text);
  if (found === undefined) deps.report(place, unknownProvider(filled.text, deps));
  return found ?? null;
}

function unknownProvider(word: string, deps: CheckDeps): Fault {
  const ids = deps.providers.map((provider) => provider.id);
  return {
    what: localText((t) => t.config.unknownProvider),
    allowed: localText((t) => t.config.oneOf(ids)),
    nearest: nearest(word, ids),
  };
}

/** The keys of a channel, with the checks that only its platform asks for. */
function specsFor(provider: Provider | null): readonly KeySpec[] {
  return CHANNEL_KEYS.map((spec) =>
    spec.key === 'secret' && provider?.id === 'webhook'
      ? { ...spec, type: { kind: 'text', check: checkWebhookSecret } }
      : spec,
  );
}
