import { isObject } from './payload.ts';
import { PLATFORM_IDS, type PlatformId } from './platforms.ts';

/**
 * - `fail`: the platform's own answer when it is overloaded; `limit`: its answer to a sender that is too fast.
 * - `status`: `status`, `headers`, `body` as given.
 * - `delay`: as usual, after `delayMs`. `drip`: as usual, one byte of the body per `delayMs`.
 * - `hang`: no answer, ever. `reset`: the connection is reset. `cut`: it ends in the middle of the answer's body.
 * - `endless`: a body without an end.
 */
const FAULT_KINDS = ['fail', 'limit', 'status', 'delay', 'drip', 'hang', 'reset', 'cut', 'endless'] as const;
type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  readonly kind: FaultKind;
  /** null: any group. */
  readonly group: string | null;
  /** null: any platform. */
  readonly platform: PlatformId | null;
  readonly delayMs: number;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The platform takes the message all the same: members see it, only the answer goes wrong. */
  readonly taken: boolean;
}

export interface Faults {
  /** The next fault that applies to a request, used up by the call; null: none. */
  next(groupId: string | null, platform: PlatformId): Fault | null;
  add(fault: Fault, times: number): void;
  clear(): void;
  count(): number;
}

const MAX_TIMES = 100_000;
const MAX_DELAY_MS = 600_000;
const MAX_PLANS = 1_000;
const TAKEN_BY_DEFAULT: readonly FaultKind[] = ['delay', 'drip', 'cut', 'endless'];

export function openFaults(): Faults {
  const plans: { readonly fault: Fault; left: number }[] = [];
  return {
    next(groupId, platform) {
      const index = plans.findIndex(
        ({ fault }) => (fault.group ?? groupId) === groupId && (fault.platform ?? platform) === platform,
      );
      const plan = plans[index];
      if (!plan) return null;
      plan.left--;
      if (plan.left <= 0) plans.splice(index, 1);
      return plan.fault;
    },
    add(fault, times) {
      if (plans.length < MAX_PLANS) plans.push({ fault, left: times });
    },
    clear() {
      plans.length = 0;
    },
    count: () => plans.reduce((sum, { left }) => sum + left, 0),
  };
}

/** Reads what was posted; a string names the field that is wrong. */
export function readFault(value: unknown): { readonly fault: Fault; readonly times: number } | string {
  if (!isObject(value)) return 'body';
  const known = ['kind', 'group', 'platform', 'times', 'delayMs', 'status', 'headers', 'body', 'taken'];
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined) return unknown;
  const kind = FAULT_KINDS.find((name) => name === value.kind);
  if (!kind) return `kind: ${FAULT_KINDS.join(', ')}`;
  const platform = PLATFORM_IDS.find((name) => name === value.platform) ?? null;
  if (value.platform !== undefined && platform === null) return `platform: ${PLATFORM_IDS.join(', ')}`;
  const { group = null, headers = {}, body = '', taken = TAKEN_BY_DEFAULT.includes(kind) } = value;
  if (group !== null && typeof group !== 'string') return 'group';
  if (typeof body !== 'string') return 'body';
  if (typeof taken !== 'boolean') return 'taken';
  if (!isHeaders(headers)) return 'headers';
  const times = integer(value.times, 1, MAX_TIMES, 1);
  const delayMs = integer(value.delayMs, 0, MAX_DELAY_MS, kind === 'delay' || kind === 'drip' ? 1_000 : 0);
  const status = integer(value.status, 200, 599, 500);
  if (times === null) return 'times';
  if (delayMs === null) return 'delayMs';
  if (status === null) return 'status';
  return { fault: { kind, group, platform, delayMs, status, headers, body, taken }, times };
}

function integer(value: unknown, min: number, max: number, missing: number): number | null {
  if (value === undefined) return missing;
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max ? value : null;
}

function isHeaders(value: unknown): value is Readonly<Record<string, string>> {
  return (
    isObject(value) &&
    Object.entries(value).every(
      ([name, text]) =>
        /^[A-Za-z0-9-]+$/.test(name) && typeof text === 'string' && /^[\t\x20-\x7e]*$/.test(text),
    )
  );
}
