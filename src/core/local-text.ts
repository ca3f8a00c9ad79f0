/** One sentence for a user, in every language that PostPoint speaks. Stored with an attempt, so that the log keeps what was meant. */
export interface LocalText {
  readonly zh: string;
  readonly en: string;
}
