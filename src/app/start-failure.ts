import type { Config } from '../config/config.ts';
import type { LogFields } from '../log/logger.ts';
import { StoreUnusableError } from '../store/sqlite/sqlite-store.ts';
import { type Lang, texts } from '../texts/texts.ts';
import { StoreKindError } from './open-store.ts';

/** Says why the service could not start, and what to do about it. */
export function startFailure(
  error: unknown,
  config: Config,
  lang: Lang,
): { text: string; fields: LogFields } {
  const say = texts[lang].service;
  if (error instanceof StoreKindError) return { text: say.storeKindMissing(error.kind), fields: {} };
  if (error instanceof StoreUnusableError) {
    const path = config.store.kind === 'sqlite' ? config.store.path : '';
    const text = {
      in_use: say.storeInUse,
      foreign: say.storeForeign,
      schema_too_new: say.storeTooNew,
      failed: say.storeUnusable,
    }[error.why];
    // Where the sentence says it all, the system's own words would only repeat it.
    const reason = error.why === 'failed' ? { [say.reason]: error.message } : {};
    return { text, fields: { [say.file]: path, ...reason } };
  }
  const code = error instanceof Error && 'code' in error ? error.code : null;
  const address = `${config.api.host || '*'}:${config.api.port}`;
  if (code === 'EADDRINUSE') return { text: say.portTaken(address), fields: {} };
  if (code === 'EACCES') return { text: say.portForbidden(address), fields: {} };
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return { text: say.addressUnknown(address), fields: {} };
  return {
    text: say.startFailed,
    fields: { [say.reason]: error instanceof Error ? error.message : String(error) },
  };
}
