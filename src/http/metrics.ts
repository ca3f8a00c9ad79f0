import Counter from 'prom-client/lib/counter.js';
import collectDefaultMetrics from 'prom-client/lib/defaultMetrics.js';
import Gauge from 'prom-client/lib/gauge.js';
import Histogram from 'prom-client/lib/histogram.js';
import Registry from 'prom-client/lib/registry.js';

/** What `/metrics` shows. Labels carry channel names and outcomes, never anything of an endpoint. */
export interface Metrics {
  readonly registry: Registry;
  /** Messages put on disk; whoever wires `accept` counts. */
  readonly accepted: Counter;
  /** Deliveries that were asked for again; whoever wires `resend` counts. */
  readonly resent: Counter;
  /** Ended attempts, by channel and outcome. */
  readonly attempts: Counter<'channel' | 'outcome'>;
  /** Deliveries that have failed for good, also without an attempt. */
  readonly failed: Counter<'channel'>;
  /** Seconds from the start of an attempt to its outcome. */
  readonly attemptDuration: Histogram<'channel'>;
  /** Deliveries that are not finished; set at each scrape. */
  readonly openDeliveries: Gauge<'channel'>;
  /** 1 for the state that a channel is in, 0 for the others; set at each scrape. */
  readonly channelState: Gauge<'channel' | 'state'>;
  /** 1 while messages are taken; set at each scrape. */
  readonly ready: Gauge;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    accepted: new Counter({
      name: 'postpoint_messages_accepted_total',
      help: 'Messages put on disk',
      registers,
    }),
    resent: new Counter({
      name: 'postpoint_resent_deliveries_total',
      help: 'Deliveries asked for again',
      registers,
    }),
    attempts: new Counter({
      name: 'postpoint_attempts_total',
      help: 'Ended delivery attempts',
      labelNames: ['channel', 'outcome'],
      registers,
    }),
    failed: new Counter({
      name: 'postpoint_failed_deliveries_total',
      help: 'Deliveries that have failed for good',
      labelNames: ['channel'],
      registers,
    }),
    attemptDuration: new Histogram({
      name: 'postpoint_attempt_duration_seconds',
      help: 'Duration of delivery attempts',
      labelNames: ['channel'],
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    }),
    openDeliveries: new Gauge({
      name: 'postpoint_open_deliveries',
      help: 'Deliveries that are not finished (queue depth)',
      labelNames: ['channel'],
      registers,
    }),
    channelState: new Gauge({
      name: 'postpoint_channel_state',
      help: 'Whether a channel is active, paused or stopped',
      labelNames: ['channel', 'state'],
      registers,
    }),
    ready: new Gauge({ name: 'postpoint_ready', help: '1 while messages are taken', registers }),
  };
}
