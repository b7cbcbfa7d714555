import type { TimeSpan } from '@meterboard/contract';
import type { RawDocument } from '../gateway.ts';
import type { BillingItem } from './billed-parts.ts';

/**
 * Whether usage of a meter that arrives late for a billing period is no longer billed: no item bills the period now, and
 * no draft that bills it waits for its finalisation, which computes usage once more. `null` where nothing has billed the
 * meter in that period. Source: Stripe's docs on usage-based billing and the grace period of draft invoices.
 */
export function isPeriodClosed(
  meterId: string,
  billing: readonly BillingItem[],
  period: TimeSpan,
  drafts: readonly RawDocument[],
): boolean | null {
  const sinceMs = Math.min(...billing.map(({ subscription }) => subscription.createdAtMs));
  if (sinceMs >= period.endMs) return null;
  if (billing.some(({ item }) => overlaps(item.period, period))) return false;
  const waiting = drafts.flatMap(({ lines }) => lines).filter((line) => line.meterId === meterId);
  return !waiting.some((line) => overlaps(line.period, period));
}

function overlaps(one: TimeSpan, other: TimeSpan): boolean {
  return one.startMs < other.endMs && one.endMs > other.startMs;
}
