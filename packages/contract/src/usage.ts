import type { Measured, TimeSpan } from './measured.ts';
import type { Meter } from './meters.ts';
import type { Money } from './money.ts';

/** Calendar units in the customer's time zone. Weeks start on Monday. */
export type Bucket = 'hour' | 'day' | 'week' | 'month';

/**
 * Which time to show. `period`: the current billing period of the subscription item that bills the meter (the
 * last 30 days where nothing bills it). `last`: so many whole days in the zone, today included.
 * `between`: `[startMs, endMs)`, widened outwards to whole buckets.
 */
export type UsageRange =
  | { kind: 'period' }
  | { kind: 'last'; days: number }
  | { kind: 'between'; startMs: number; endMs: number };

export interface UsageSeriesInput {
  /** Event names; left out: all meters that the host shows. */
  meters?: string[];
  range: UsageRange;
  bucket: Bucket;
  /** IANA name ("Europe/Budapest"). */
  timeZone: string;
}

/** One bar or point. Buckets tile the range: each starts where the one before ends. */
export interface UsageBucket extends TimeSpan {
  /** Decimal string. `null`: not read, in the future, or (for `last` meters) no value known yet; never zero. */
  quantity: string | null;
  /** A `last` meter had no event in this bucket and keeps the value of an earlier one. */
  carriedForward: boolean;
  /** Shorter than its calendar unit because the range begins or ends inside it. */
  partial: boolean;
  /** Contains now, or ended so recently that late events may still change it. */
  provisional: boolean;
}

/** What was asked and what was read. */
export interface ResolvedRange extends TimeSpan {
  kind: 'period' | 'last' | 'between';
  /** The edges had to move outwards to whole buckets; `requested` is what was asked. */
  widened: boolean;
  requested: TimeSpan;
}

export interface MeterSeries {
  meter: Meter;
  range: ResolvedRange;
  /** Ascending; at least one. */
  buckets: UsageBucket[];
  /** Decimal string over the whole range so far: sum for `sum` and `count`, the latest value for `last`; `null` if unknown. */
  total: string | null;
}

export interface UsageSeries extends Measured {
  timeZone: string;
  bucket: Bucket;
  /** In the order asked. */
  series: MeterSeries[];
}

/** A meter in the current billing period. */
export interface MeterUsage {
  meter: Meter;
  /** The billing period of the item that bills it; `null` where nothing bills it. */
  period: TimeSpan | null;
  /** Decimal string; `null` if unknown. */
  total: string | null;
  /** Free quantity of the period, from the price's first tiers at zero; decimal string; `null` where there is none. */
  included: string | null;
  /** The host's limit, decimal string; `null` where there is none. */
  limit: string | null;
  /** total ÷ (limit, else included); `null` where neither exists. May exceed 1. */
  usedRatio: number | null;
  /** Decided on the server: `near` from 80 %, `over` from 100 %. */
  status: 'ok' | 'near' | 'over';
  /** What the provider's preview bills for it so far, before credits; `null` where nothing bills it. */
  cost: Money | null;
}

export interface UsageSummary extends Measured {
  /** In the order of `MeterList`. */
  meters: MeterUsage[];
}
