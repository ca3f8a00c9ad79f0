import type { Config } from '../config/config.ts';
import { messageOf } from '../core/message-of.ts';
import type { LogFields } from '../log/logger.ts';
import { InFlightFileError } from '../store/in-flight-file.ts';
import type { WhyUnusable } from '../store/sqlite/messages.ts';
import { StoreUnusableError } from '../store/sqlite/sqlite-store.ts';
import { StoreError } from '../store/store.ts';
import { type Lang, texts } from '../texts/texts.ts';
import { StoreKindError } from './open-store.ts';

const SAYS_IT_ALL: readonly WhyUnusable[] = [
  'in_use',
  'foreign',
  'schema_too_new',
  'orphaned_log',
  'not_file',
];

/** Says why the service could not start, and what to do about it. */
export function startFailure(
  error: unknown,
  config: Config,
  lang: Lang,
): { text: string; fields: LogFields } {
  const say = texts[lang].service;
  if (error instanceof StoreKindError) return { text: say.storeKindMissing(error.kind), fields: {} };
  const path = config.store.kind === 'sqlite' ? config.store.path : '';
  if (error instanceof StoreUnusableError) {
    const text = {
      in_use: say.storeInUse,
      foreign: say.storeForeign,
      schema_too_new: say.storeTooNew,
      damaged: say.storeDamaged,
      orphaned_log: say.storeOrphanedLog,
      not_file: say.storeNotFile,
      forbidden: say.storeForbidden,
      no_space: say.storeNoSpace,
      failed: say.storeUnusable,
    }[error.why];
    // Where the sentence says it all, the system's own words would only repeat it.
    const reason = SAYS_IT_ALL.includes(error.why) ? {} : { [say.reason]: error.message };
    return { text, fields: { [say.file]: path, ...reason } };
  }
  if (error instanceof StoreError)
    return { text: say.storeUnusable, fields: { [say.file]: path, [say.reason]: error.message } };
  if (error instanceof InFlightFileError)
    return {
      text: say.inFlightStuck,
      fields: { [say.file]: error.path, [say.reason]: messageOf(error.cause) },
    };
  const code = error instanceof Error && 'code' in error ? error.code : null;
  const address = `${config.api.host || '*'}:${config.api.port}`;
  if (code === 'EADDRINUSE') return { text: say.portTaken(address), fields: {} };
  if (code === 'EACCES') return { text: say.portForbidden(address), fields: {} };
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return { text: say.addressUnknown(address), fields: {} };
  return { text: say.startFailed, fields: { [say.reason]: messageOf(error) } };
}
