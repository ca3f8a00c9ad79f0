import type { StoreError } from '../store/store.ts';

/** What a caller is told when the store could not take a request. */
export function whyUnavailable(error: StoreError): 'stopping' | 'overloaded' | 'store' {
  if (error.kind === 'closed') return 'stopping';
  return error.kind === 'overloaded' ? 'overloaded' : 'store';
}
