import type { DeliveryStatus } from '../../core/delivery.ts';

/** How `delivery.status` is stored. */
export const QUEUED = 0;
export const SENDING = 1;
export const RETRYING = 2;
export const DELIVERED = 3;
export const FAILED = 4;
/** A part was taken and the next one is due: for the user that is still `sending`. */
export const BETWEEN_PARTS = 5;

const STATUS_BY_CODE: readonly DeliveryStatus[] = [
  'queued',
  'sending',
  'retrying',
  'delivered',
  'failed',
  'sending',
];

export function statusOfCode(code: number): DeliveryStatus {
  const status = STATUS_BY_CODE[code];
  if (status === undefined) throw new Error(`delivery status ${code} is unknown`);
  return status;
}

/** One status of the log may stand for several stored codes. */
export function codesOfStatus(status: DeliveryStatus): readonly number[] {
  return STATUS_BY_CODE.flatMap((name, code) => (name === status ? [code] : []));
}
