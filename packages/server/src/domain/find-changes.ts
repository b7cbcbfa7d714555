import type { TimeSpan } from '@meterboard/contract';
import type { RawDocument } from '../gateway.ts';
import { type BillingItem, billedParts } from './billed-parts.ts';

/** Where a meter began to count under another price. */
export interface FoundChange {
  atMs: number;
  priceId: string;
}

/**
 * The changes of plan or price of a meter in the current billing period that lie within a range, ascending. The
 * preview of the subscription tells them: what was used under a former price has lines of its own, and the lines of the
 * price in force begin where it came into force, also where what was used before is not billed at all.
 */
export function findChanges(
  meterId: string,
  billing: BillingItem,
  preview: RawDocument,
  range: TimeSpan,
): FoundChange[] {
  const { period } = billing.item;
  const found = new Map<number, FoundChange>();
  for (const { priceId, span } of billedParts(meterId, [billing], [preview])) {
    const { startMs: atMs } = span;
    const isInPeriod = atMs > period.startMs && atMs < period.endMs;
    if (isInPeriod && atMs > range.startMs && atMs < range.endMs) found.set(atMs, { atMs, priceId });
  }
  return [...found.values()].toSorted((a, b) => a.atMs - b.atMs);
}
