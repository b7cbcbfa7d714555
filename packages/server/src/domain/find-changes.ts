import type { TimeSpan } from '@meterboard/contract';
import type { RawDocument } from '../gateway.ts';
import type { BillingItem } from './summarize-usage.ts';

/** Where a meter began to count under another price. */
export interface FoundChange {
  atMs: number;
  priceId: string | null;
}

/**
 * The changes of plan or price of a meter in the current billing period that lie within a range, ascending. The
 * preview of the subscription tells them: what was used under a former price has lines of its own, and the lines of the
 * price in force begin where it came into force, also where what was used before is not billed at all.
 */
export function findChanges(
  meterId: string,
  { subscription, item }: BillingItem,
  preview: RawDocument,
  range: TimeSpan,
): FoundChange[] {
  const found = new Map<number, FoundChange>();
  for (const { meterId: billed, subscriptionId, period, priceId } of preview.lines) {
    const { startMs: atMs } = period;
    if (billed !== meterId || (subscriptionId ?? subscription.subscriptionId) !== subscription.subscriptionId)
      continue;
    const isWithin = atMs > range.startMs && atMs < range.endMs && atMs < item.period.endMs;
    if (atMs > item.period.startMs && isWithin) found.set(atMs, { atMs, priceId });
  }
  return [...found.values()].toSorted((a, b) => a.atMs - b.atMs);
}
