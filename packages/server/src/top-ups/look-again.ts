import type { TopUpRowState } from '../store/tables.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** Waits between looks, from the last change on; the last one repeats while there is one, `null` ends it. */
const waits: Record<TopUpRowState, readonly (number | null)[]> = {
  created: [10 * minute, hour, 6 * hour, 24 * hour, null],
  // A payment page lives for a day; the fifth look finds it expired.
  open: [10 * minute, hour, 6 * hour, 24 * hour, 24 * hour, null],
  requires_action: [10 * minute, hour, 6 * hour, 24 * hour, 24 * hour, null],
  // Bank debits take days.
  processing: [10 * second, minute, 10 * minute, hour, 6 * hour, 24 * hour],
  paid: [10 * second, minute, 5 * minute, 15 * minute, hour],
  granting: [10 * second, minute, 5 * minute, 15 * minute, hour],
  granted: [null],
  partially_refunded: [null],
  refunded: [null],
  disputed: [null],
  expired: [null],
  canceled: [null],
};

/** When to ask the provider about a purchase again; `null`: only when something tells of it. */
export function nextLookMs(state: TopUpRowState, looks: number, nowMs: number): number | null {
  const list = waits[state];
  const wait = list[Math.min(looks, list.length - 1)] ?? null;
  return wait === null ? null : nowMs + wait;
}
