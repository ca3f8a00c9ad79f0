/** Room for one text that is longer than its lane's share. */
export interface TextLoan {
  readonly bytes: number;
  giveBack(): void;
}

export interface TextLoans {
  /** Waits its turn. @returns null at a stop. */
  borrow(bytes: number): Promise<TextLoan | null>;
}

/**
 * Lends `maxBytes` to all lanes together, first come, first served. What is more than all of it goes alone: it must go some
 * day.
 */
export function createTextLoans(maxBytes: number, stop: AbortSignal): TextLoans {
  let lentBytes = 0;
  const waiting: { readonly bytes: number; readonly resolve: (loan: TextLoan | null) => void }[] = [];

  function lend(): void {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      const { bytes, resolve } = next;
      if (lentBytes > 0 && lentBytes + bytes > maxBytes) return;
      waiting.shift();
      lentBytes += bytes;
      resolve(loanOf(bytes));
    }
  }

  function loanOf(bytes: number): TextLoan {
    return {
      bytes,
      giveBack() {
        lentBytes -= bytes;
        lend();
      },
    };
  }

  stop.addEventListener('abort', () => {
    for (const { resolve } of waiting.splice(0)) resolve(null);
  });

  return {
    borrow(bytes) {
      if (stop.aborted) return Promise.resolve(null);
      return new Promise((resolve) => {
        waiting.push({ bytes, resolve });
        lend();
      });
    },
  };
}
