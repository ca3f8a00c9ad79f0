import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import { inheritedPatches } from './patched-source.ts';

/** Preloaded into the service (`--import`), in each of its threads: changes source text before types are stripped. */

const BAD_PATCH = 86;
const ROOT = new URL('../../', import.meta.url);
const patches = inheritedPatches();

// Also a patch for a file that is never loaded must not pass for applied.
if (isMainThread) {
  for (const { file } of patches) patched(readFileSync(new URL(file, ROOT), 'utf8'), file);
}

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.startsWith(ROOT.href)) return loaded;
    const file = url.slice(ROOT.href.length);
    if (!patches.some((patch) => patch.file === file)) return loaded;
    const source =
      typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source);
    return { ...loaded, source: patched(source, file) };
  },
});

/** All patches of one file, one after the other: a later one sees what an earlier one wrote. */
function patched(source: string, file: string): string {
  let text = source;
  for (const { find, replace } of patches.filter((patch) => patch.file === file)) {
    const [before, after, ...more] = text.split(find);
    if (before === undefined || after === undefined || more.length > 0) {
      const times = text.split(find).length - 1;
      process.stderr.write(`patch of ${file}: ${JSON.stringify(find)} occurs ${times} times, not once\n`);
      process.exit(BAD_PATCH);
    }
    text = before + replace + after;
  }
  return text;
}
