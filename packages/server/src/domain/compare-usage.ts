import type { Aggregation, PreviousSeries, TimeSpan } from '@meterboard/contract';
import type { UsageWindow } from '../gateway.ts';
import type { AssembledSeries } from './assemble-series.ts';
import { changeOf, isZero } from './decimal.ts';
import { floorTo, minuteMs } from './time-units.ts';

/**
 * Up to where the time before compares with a range that is still running: a reading of its own, exact to the minute.
 * `all`: the range is over, or has run for longer than the time before; `none`: it has not begun.
 */
export type ComparedPart = { kind: 'reading'; window: UsageWindow } | { kind: 'all' } | { kind: 'none' };

/** What to read of the time `before`, so that as much of it has passed as of `range`. */
export function planComparison(range: TimeSpan, before: TimeSpan, nowMs: number): ComparedPart {
  if (nowMs < range.startMs) return { kind: 'none' };
  const cutMs = floorTo(minuteMs, before.startMs + nowMs - range.startMs);
  if (nowMs >= range.endMs || cutMs >= before.endMs) return { kind: 'all' };
  const startMs = floorTo(minuteMs, before.startMs);
  if (cutMs <= startMs) return { kind: 'none' };
  return { kind: 'reading', window: { startMs, endMs: cutMs, grouping: 'none' } };
}

/**
 * The quantity of an ungrouped reading, as a comparison needs it. `null` for a `last` meter at zero: the provider does
 * not tell a level of zero from no event at all, and nothing can be compared with either.
 */
export function comparedQuantity(quantity: string | undefined, aggregation: Aggregation): string | null {
  if (aggregation !== 'last') return quantity ?? '0';
  return quantity === undefined || isZero(quantity) ? null : quantity;
}

/** How a total differs from the one before, exactly; `null` where either is not known, or nothing was used before. */
export function changeRatioOf(total: string | null, toDate: string | null): number | null {
  return total === null || toDate === null ? null : changeOf(total, toDate);
}

/** The time before a range, compared with the range's total so far. `toDate` is what a `reading` found. */
export function comparePrevious(
  range: TimeSpan,
  before: AssembledSeries,
  total: string | null,
  toDate: string | null,
): PreviousSeries {
  const changeRatio = changeRatioOf(total, toDate);
  return { range, buckets: before.buckets, total: before.total, toDate, changeRatio };
}
