/** What a client posted, under one id (a ULID, also the `id` of the answer that accepted it). */
export interface Message {
  readonly id: string;
  /** The client's `X-Ppt-Request-ID`, or null. */
  readonly requestId: string | null;
  readonly msgType: 'text';
  readonly text: string;
  readonly createdAtMs: number;
}
