/**
 * Told when a request leaves: `soon` when a connection is there and it will leave within moments, `now` before its first
 * byte leaves; perhaps more than once, if a connection turns out to be gone.
 */
export type OnLeaving = (when: 'soon' | 'now') => void;
