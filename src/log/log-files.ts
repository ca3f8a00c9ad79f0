import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import type { RollingFileOptions } from 'pino-roll';
import { makeFolder } from '../core/make-folder.ts';
import { type LineSink, MAX_WAITING_BYTES, sinkOf } from './line-sink.ts';

/** A new file each day and each 10 MB; with the current one at most 310 MB. */
const MAX_FILE_MEGABYTES = 10;
const OLD_FILES_KEPT = 30;

/** Opening takes a few ms. */
const MAX_EARLY_LINES = 10_000;

/**
 * Opens `postpoint.DATE.N.log` in the folder, which is made if need be. Only the owner can read them.
 *
 * @throws when the folder cannot be made or written.
 */
export function openLogFiles(
  folder: string,
  { maxFileMegabytes = MAX_FILE_MEGABYTES, oldFilesKept = OLD_FILES_KEPT } = {},
): LineSink {
  makeFolder(folder);
  // The stream opens its file later and would report a folder without write permission to nobody.
  accessSync(folder, constants.W_OK);
  const opening = openRollingFile({
    file: join(folder, 'postpoint'),
    extension: 'log',
    // Without the date in its name, a start on another day would go on in that day's first file.
    dateFormat: 'yyyy-MM-dd',
    frequency: 'daily',
    size: `${maxFileMegabytes}m`,
    limit: { count: oldFilesKept, removeOtherLogFiles: true },
    mode: 0o600,
    maxLength: MAX_WAITING_BYTES,
  });
  return sinkWhenOpen(opening.then(sinkOf));
}

/** Loaded when it is wanted: it brings 300 modules along. */
async function openRollingFile(options: RollingFileOptions) {
  const { default: open } = await import('pino-roll');
  return open(options);
}

/** A sink whose first lines wait until it is open. If it never opens, its lines are lost and nothing else. */
function sinkWhenOpen(opening: Promise<LineSink>): LineSink {
  let early: string[] = [];
  let open: LineSink | null = null;
  const opened = opening.then(
    (sink) => {
      open = sink;
      for (const line of early) sink.write(line);
      early = [];
    },
    () => {},
  );
  return {
    write(line) {
      if (open !== null) open.write(line);
      else if (early.length < MAX_EARLY_LINES) early.push(line);
    },
    flush: () => opened.then(() => open?.flush()),
    close: () => opened.then(() => open?.close()),
  };
}
