import type { Aggregation, PreviousSeries, TimeSpan } from '@meterboard/contract';
import type { UsageWindow } from '../gateway.ts';
import type { AssembledSeries } from './assemble-series.ts';
import { changeOf, isZero } from './decimal.ts';
import { floorTo, hourMs, minuteMs } from './time-units.ts';

/** After so long, hours are exact to a thousandth, and minutes would ask for another reading each minute. */
const longMs = 1_000 * hourMs;

/**
 * Up to where the time before compares with a range that is still running: a reading of its own, exact to the minute, and
 * to the hour once the range has run for 1,000 of them.
 * `all`: the range is over, or has run for longer than the time before; `none`: nothing is known of it yet.
 */
export type ComparedPart = { kind: 'reading'; window: UsageWindow } | { kind: 'all' } | { kind: 'none' };

/** What to read of the time `before`, so that as much of it has passed as is known of `range`: a total counts at its own age. */
export function planComparison(range: TimeSpan, before: TimeSpan, knownUntilMs: number): ComparedPart {
  if (knownUntilMs < range.startMs) return { kind: 'none' };
  const elapsedMs = knownUntilMs - range.startMs;
  const cutMs = floorTo(elapsedMs < longMs ? minuteMs : hourMs, before.startMs + elapsedMs);
  if (knownUntilMs >= range.endMs || cutMs >= before.endMs) return { kind: 'all' };
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
