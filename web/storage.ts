/** `localStorage` or `sessionStorage`, which a browser may refuse or have full: then nothing is kept, and nothing breaks. */
export type StorageKind = 'localStorage' | 'sessionStorage';

export function readStored(kind: StorageKind, key: string): string | null {
  try {
    return window[kind].getItem(`postpoint.${key}`);
  } catch {
    return null;
  }
}

/** @param value null removes it. */
export function writeStored(kind: StorageKind, key: string, value: string | null): void {
  try {
    if (value === null) window[kind].removeItem(`postpoint.${key}`);
    else window[kind].setItem(`postpoint.${key}`, value);
  } catch {
    // The page works without.
  }
}
