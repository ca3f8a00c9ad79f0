import type { TextLoan, TextLoans } from './text-loans.ts';

/** The text that one lane has in hand: many within its share, or one that is longer, in room that is lent to it. */
export interface TextRoom {
  /** Bytes that may be taken now. */
  free(): number;
  /** @returns to be called when the text is not needed any more. */
  take(bytes: number): () => void;
  isEmpty(): boolean;
  /** Waits for room for one longer text, or for a stop. Only while nothing is in hand. */
  borrow(bytes: number): Promise<void>;
  /** What was borrowed is for one take: a lane that has found nothing for it gives it back. */
  giveLoanBack(): void;
}

/** @param loans where to borrow now. */
export function createTextRoom(share: number, loans: () => TextLoans): TextRoom {
  let inHand = 0;
  let loan: TextLoan | null = null;

  function giveLoanBack(): void {
    loan?.giveBack();
    loan = null;
  }

  return {
    free() {
      if (loan === null) return share - inHand;
      return inHand === 0 ? loan.bytes : 0;
    },
    take(bytes) {
      inHand += bytes;
      return () => {
        inHand -= bytes;
        if (inHand === 0) giveLoanBack();
      };
    },
    isEmpty: () => inHand === 0,
    async borrow(bytes) {
      loan = await loans().borrow(bytes);
    },
    giveLoanBack,
  };
}
