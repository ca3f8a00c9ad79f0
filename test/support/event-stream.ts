/** One server-sent event. */
export interface StreamEvent {
  readonly id: string;
  readonly name: string;
  readonly data: unknown;
}

export interface EventStream {
  readonly response: Response;
  /** Events so far. */
  readonly events: readonly StreamEvent[];
  /** Everything so far, as it came. */
  text(): string;
  /** Waits until `found` gives something other than undefined; rejects when the stream ends before. */
  until<T>(found: (events: readonly StreamEvent[]) => T | undefined): Promise<T>;
  /** Resolves once the stream has ended, by whoever's hand. */
  readonly ended: Promise<void>;
  stop(): void;
}

/** Opens `GET /api/events` as a client that uses `fetch` does. */
export async function openEventStream(
  url: string,
  headers: Record<string, string> = {},
): Promise<EventStream> {
  const abort = new AbortController();
  const response = await fetch(url, { headers, signal: abort.signal });
  const events: StreamEvent[] = [];
  let text = '';
  let over = false;
  let notify = () => {};

  async function read(): Promise<void> {
    let rest = '';
    try {
      for await (const chunk of (response.body ?? new ReadableStream()).pipeThrough(
        new TextDecoderStream(),
      )) {
        text += chunk;
        const blocks = (rest + chunk).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) events.push(...eventOf(block));
        notify();
      }
    } catch {
      // Cut off: for a reader that is an end like any other.
    }
    over = true;
    notify();
  }
  const ended = read();

  return {
    response,
    events,
    text: () => text,
    async until(found) {
      for (;;) {
        const result = found(events);
        if (result !== undefined) return result;
        if (over) throw new Error(`the stream has ended: ${text}`);
        await new Promise<void>((resolve) => {
          notify = resolve;
        });
      }
    },
    ended,
    stop: () => abort.abort(),
  };
}

/** Comments and `retry` are no events. */
function eventOf(block: string): StreamEvent[] {
  const fields = new Map(
    block.split('\n').map((line) => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon), line.slice(colon + 2)];
    }),
  );
  const name = fields.get('event');
  return name === undefined
    ? []
    : [{ id: fields.get('id') ?? '', name, data: JSON.parse(fields.get('data') ?? 'null') }];
}
