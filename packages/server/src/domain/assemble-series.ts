import type { Aggregation, TimeSpan, UsageBucket } from '@meterboard/contract';
import type { RawUsageRow, UsageWindow } from '../gateway.ts';
import type { CalendarBucket } from './buckets.ts';
import { addDecimals, isZero } from './decimal.ts';
import { groupingOf } from './plan-usage-windows.ts';
import { dayMs, floorTo, hourMs, minuteMs } from './time-units.ts';

/** Usage that is younger than this may still change, unless the host says otherwise: the provider aggregates asynchronously. */
const defaultSettleAfterMs = 10 * minuteMs;

/** What one window of the plan returned. */
export interface UsageReading {
  window: UsageWindow;
  rows: readonly RawUsageRow[];
}

/** Buckets with their quantities, and the figure over all of them. */
export interface AssembledSeries {
  buckets: UsageBucket[];
  /** `null` if nothing is known: all of it lies ahead, or a `last` meter without an event. */
  total: string | null;
}

/**
 * Fills buckets from the readings that `planUsageWindows()` asked for. Buckets of `sum` and `count` meters that
 * were read and hold nothing are `'0'`; buckets ahead of now are `null`. A `last` meter never adds: a bucket has
 * its last row's level, or carries the level before it, or is `null` while none is known; no level is carried past
 * a bucket whose own cannot be told. Sums run on from the start until a bucket is not known.
 */
export function assembleSeries(
  calendar: readonly CalendarBucket[],
  readings: readonly UsageReading[],
  aggregation: Aggregation,
  nowMs: number,
  settleAfterMs = defaultSettleAfterMs,
): AssembledSeries {
  const index = indexReadings(readings);
  const buckets: UsageBucket[] = [];
  let levelBefore: string | null = null;
  let cumulative: string | null = aggregation === 'last' ? null : '0';
  for (const bucket of calendar) {
    const ahead = bucket.startMs > nowMs;
    const found = ahead ? null : readBucket(bucket, index, aggregation);
    const carries = found === 'no_event';
    const quantity: string | null = carries ? levelBefore : found;
    if (aggregation === 'last' && !ahead) levelBefore = quantity;
    cumulative = cumulative === null || quantity === null ? null : addDecimals([cumulative, quantity]);
    buckets.push({
      ...bucket,
      quantity,
      cumulative,
      carriedForward: carries && quantity !== null,
      provisional: !ahead && bucket.endMs > nowMs - settleAfterMs,
    });
  }
  return { buckets, total: aggregation === 'last' ? levelBefore : sumOf(buckets) };
}

/** Rows of another length were read for something else. */
const rowMs = { day: dayMs, hour: hourMs };

interface ReadingIndex {
  /** Ascending rows of all grouped windows. */
  grouped: RawUsageRow[];
  /** Ungrouped windows by their start; a quantity is `null` where the provider sent no row. */
  ungrouped: Map<number, { endMs: number; quantity: string | null }>;
}

function indexReadings(readings: readonly UsageReading[]): ReadingIndex {
  const grouped: RawUsageRow[] = [];
  const ungrouped: ReadingIndex['ungrouped'] = new Map();
  for (const { window, rows } of readings) {
    const { grouping, startMs, endMs } = window;
    if (grouping === 'none') ungrouped.set(startMs, { endMs, quantity: rows[0]?.quantity ?? null });
    else grouped.push(...rows);
  }
  return { grouped: grouped.toSorted((a, b) => a.startMs - b.startMs), ungrouped };
}

/** The bucket's own figure; `'no_event'` where a level has to be carried; `null` where it cannot be told. */
function readBucket(
  bucket: TimeSpan,
  index: ReadingIndex,
  aggregation: Aggregation,
): string | 'no_event' | null {
  const grouping = groupingOf(bucket);
  const own = ownReading(bucket, index);
  if (grouping !== 'none') {
    if (own !== undefined && aggregation !== 'last') return own ?? '0';
    const rows = index.grouped.filter(
      ({ startMs, endMs }) =>
        startMs >= bucket.startMs && startMs < bucket.endMs && endMs - startMs === rowMs[grouping],
    );
    if (aggregation !== 'last') return addDecimals(rows.map((row) => row.quantity));
    return rows.at(-1)?.quantity ?? 'no_event';
  }
  if (own === undefined) return null;
  if (aggregation !== 'last') return own ?? '0';
  const touching = index.grouped.filter((row) => row.startMs < bucket.endMs && row.endMs > bucket.startMs);
  const inside = touching.some((row) => row.startMs >= bucket.startMs && row.endMs <= bucket.endMs);
  if (own !== null && (inside || !isZero(own))) return own;
  return touching.length > 0 ? null : 'no_event';
}

/** The bucket's own ungrouped reading: none that reaches beyond it. */
function ownReading({ startMs, endMs }: TimeSpan, { ungrouped }: ReadingIndex): string | null | undefined {
  const found = ungrouped.get(floorTo(minuteMs, startMs));
  return found && found.endMs <= endMs ? found.quantity : undefined;
}

function sumOf(buckets: readonly UsageBucket[]): string | null {
  const known = buckets.flatMap(({ quantity }) => (quantity === null ? [] : [quantity]));
  return known.length === 0 ? null : addDecimals(known);
}
