import type { LocalText } from '../core/local-text.ts';
import type { Provider } from '../providers/provider.ts';
import { localText } from '../texts/texts.ts';
import { type ChannelBlock, checkBlock, type RawBlock } from './check-block.ts';
import { type CheckDeps, checkTable, type PlacedFault, placeOf, type Values } from './check-table.ts';
import type { Env } from './check-value.ts';
import { GLOBAL_KEYS } from './keys.ts';
import { pathText, type TomlEntry } from './read-toml.ts';

export interface CheckedFile {
  readonly global: Values;
  readonly channels: readonly ChannelBlock[];
  readonly faults: readonly PlacedFault[];
  readonly warnings: readonly PlacedFault[];
}

/** Checks every key of a file; one fault never hides another. */
export function checkFile(
  entries: readonly TomlEntry[],
  providers: readonly Provider[],
  env: Env,
): CheckedFile {
  const faults: PlacedFault[] = [];
  const warnings: PlacedFault[] = [];
  const deps: CheckDeps = {
    providers,
    env,
    report: (place, fault) => faults.push({ ...place, ...fault }),
    warn: (place, doubt) => warnings.push({ ...place, ...doubt }),
  };
  const { global, blocks } = sortOut(entries, deps);
  const values = checkTable(global, GLOBAL_KEYS, [], deps);
  reportDuplicates(blocks, deps);
  const channels = blocks.flatMap((block) => checkBlock(block, deps) ?? []);
  reportNoChannel(blocks, channels, deps);
  const lineOf = (fault: PlacedFault) => fault.line ?? Number.MAX_SAFE_INTEGER;
  faults.sort((a, b) => lineOf(a) - lineOf(b));
  return { global: values, channels, faults, warnings };
}

function reportDuplicates(blocks: readonly RawBlock[], deps: CheckDeps): void {
  const first = new Map<string, RawBlock>();
  for (const block of blocks) {
    const earlier = first.get(block.name);
    if (earlier === undefined) first.set(block.name, block);
    else
      deps.report(
        { line: block.line, key: pathText([block.kind, block.name]) },
        { what: localText((t) => t.config.duplicateName(earlier.line)), allowed: null },
      );
  }
}

/** Messages need somewhere to go. */
function reportNoChannel(
  blocks: readonly RawBlock[],
  channels: readonly ChannelBlock[],
  deps: CheckDeps,
): void {
  const enabled = channels.filter((channel) => channel.values.plain.get('enabled') !== false);
  // A channel that is there but faulty has lines of its own.
  if (enabled.length > 0 || blocks.length > channels.length) return;
  const what = localText((t) => (blocks.length === 0 ? t.config.noChannel : t.config.noEnabledChannel));
  deps.report({ line: null, key: null }, { what, allowed: channelHint(deps) });
}

function channelHint({ providers }: CheckDeps): LocalText {
  const example = providers[0]?.id ?? 'webhook';
  return localText((t) => t.config.channelHint(example));
}

/** Splits the file into its channels and all the rest. */
function sortOut(entries: readonly TomlEntry[], deps: CheckDeps) {
  const global: TomlEntry[] = [];
  const blocks = new Map<string, RawBlock>();
  for (const entry of entries) {
    const [top, name, ...rest] = entry.path;
    if (top !== 'provider' && top !== 'channel') {
      global.push(entry);
      continue;
    }
    const isTable = entry.value.kind === 'table';
    if (rest.length === 0 && !isTable) {
      // `provider = …`, `[[channel]]` or `channel.x = …`: what should be a table is none.
      deps.report(placeOf(entry, []), {
        what: localText((t) => t.config.isA(t.config.kinds[entry.value.kind])),
        allowed: channelHint(deps),
      });
      continue;
    }
    if (name === undefined) continue;
    const id = JSON.stringify([top, name]);
    const block = blocks.get(id) ?? { kind: top, name, line: entry.line, entries: [] };
    blocks.set(id, block);
    if (rest.length > 0) block.entries.push({ ...entry, path: rest });
  }
  return { global, blocks: [...blocks.values()] };
}
