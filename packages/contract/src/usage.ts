import type { Measured, TimeSpan } from './measured.ts';
import type { Meter } from './meters.ts';
import type { Money } from './money.ts';

/** Calendar units in the customer's time zone. Weeks start on Monday. */
export type Bucket = 'hour' | 'day' | 'week' | 'month';

/**
 * Which time to show. `period`: the current billing period of the subscription item that bills the meter (the
 * last 30 days where nothing bills it); `previous_period`: the one before it (the 30 days before those). `last`: so
 * many whole days in the zone, today included. `month`: a calendar month of the zone ("2026-11").
 * `between`: `[startMs, endMs)`, widened outwards to whole buckets.
 */
export type UsageRange =
  | { kind: 'period' }
  | { kind: 'previous_period' }
  | { kind: 'last'; days: number }
  | { kind: 'month'; month: string }
  | { kind: 'between'; startMs: number; endMs: number };

export interface UsageSeriesInput {
  /** Event names; left out: all meters that the host shows. */
  meters?: string[];
  range: UsageRange;
  bucket: Bucket;
  /** IANA name ("Europe/Budapest"). */
  timeZone: string;
  /** Also read the time before the range, as long as it is, for comparison. Default false. */
  compare?: boolean;
  /** Also forecast to the end of the range, where it is still running. Default false. */
  forecast?: boolean;
}

/** One bar or point. Buckets tile the range: each starts where the one before ends. */
export interface UsageBucket extends TimeSpan {
  /** Decimal string. `null`: not read, in the future, or (for `last` meters) no value known yet; never zero. */
  quantity: string | null;
  /** Everything from the start of the range to the end of this bucket; decimal string. `null`: as above, after a gap, and always for `last`. */
  cumulative: string | null;
  /** A `last` meter had no event in this bucket and keeps the value of an earlier one. */
  carriedForward: boolean;
  /** Shorter than its calendar unit because the range begins or ends inside it. */
  partial: boolean;
  /** Contains now, or ended so recently that late events may still change it. */
  provisional: boolean;
}

/** What was asked and what was read. */
export interface ResolvedRange extends TimeSpan {
  kind: UsageRange['kind'];
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
  /** The host's limit for a billing period, decimal string; `null` where there is none, or the range is another one. */
  limit: string | null;
  /** What the plan includes in the current billing period, decimal string; `null` as above, and for other periods: their price may have been another. */
  included: string | null;
  /**
   * Whether usage that arrives late for the range's billing period is shown and no longer billed: the period is over, and
   * none of its drafts waits for finalisation, which counts usage for the last time. `null`: not a billing period, nothing
   * billed it then, or not known (a meter that the subscription bills only since is told as closed). Source: Stripe's docs on usage-based billing, grace period of draft invoices.
   */
  isClosed: boolean | null;
  /** The plan or price of the meter changed within the range: where each part begins, ascending. Known of the current billing period; empty: no change is known. */
  changes: PlanChange[];
  /** Where it was asked for and can be read: the time just before the range; buckets are aligned by elapsed time. */
  previous: PreviousSeries | null;
  /** Where it was asked for: how the range will end. */
  forecast: UsageForecast | ForecastUnavailable | null;
}

/** A change of plan or price: the usage goes on, and from here on counts under other terms. */
export interface PlanChange {
  atMs: number;
  /** The price's or product's name from here on, where the provider has one. Plain text. */
  label: string | null;
}

/**
 * The time before a range: the billing period before, the month before, as many days of the zone, or the same length.
 */
export interface PreviousSeries {
  range: TimeSpan;
  /** Ascending, in the same unit as the range's. Draw a bucket at the same time after `range.startMs` as it has here. */
  buckets: UsageBucket[];
  /** Of all of it. */
  total: string | null;
  /**
   * Up to the same time after its start as now is after the start of the range, to the minute (to the
   * hour after 1,000 of them); what the range's total compares with. All of it where the range is over or has run for longer. `null`: not known, and for a level of zero.
   */
  toDate: string | null;
  /** total ÷ toDate − 1; `null` where there is nothing to compare with. */
  changeRatio: number | null;
}

/** Decimal strings; `low` and `high` bound the middle 80 %. */
export interface ForecastBand {
  low: string;
  mid: string;
  high: string;
}

/** How a range that still runs will go on. An estimate, never a promise. */
export interface UsageForecast {
  kind: 'forecast';
  /** Over the whole range: what is used plus what is expected. */
  total: ForecastBand;
  /** From the bucket that contains now to the last one; cumulative from the start of the range. */
  buckets: (TimeSpan & { cumulative: ForecastBand })[];
  /** How many days of usage it is made from. */
  basedOnDays: number;
}

/** Why there is no forecast. `too_little_data`: fewer than three days are known. `ended`: the range is over. */
export interface ForecastUnavailable {
  kind: 'unavailable';
  reason: 'too_little_data' | 'ended' | 'not_forecastable';
}

/** When something will be crossed, Unix ms, with its 80 % band. */
export type Crossing =
  | { kind: 'crossed' }
  /** At the expected pace; `latestMs: null`: at the slow end of the band not in this period. */
  | { kind: 'expected'; atMs: number; earliestMs: number; latestMs: number | null }
  /** Not at the expected pace; `earliestMs`: at the fast end of the band, `null` where not even then. */
  | { kind: 'not_in_period'; earliestMs: number | null }
  | { kind: 'unknown'; reason: ForecastUnavailable['reason'] };

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
  /** Decided on the server: `near` from 80 %; `over` from 100 % of a limit, and beyond what is included: its last unit is still free. */
  status: 'ok' | 'near' | 'over';
  /** What the provider's previews bill for it so far, before credits: one per currency that bills it, mostly one. Empty where nothing does, and without `view_money`. */
  costs: Money[];
  /** By day of the asked zone, from the start of the period to now; `null`: not known, or too many to read. For a small picture. */
  days: (string | null)[];
  /** Compared with the same time after the start of the period before. */
  previous: Pick<PreviousSeries, 'toDate' | 'changeRatio'> | null;
  forecast: Pick<UsageForecast, 'kind' | 'total' | 'basedOnDays'> | ForecastUnavailable;
  /** When the limit will be reached; `null` where there is none. */
  limitCrossing: Crossing | null;
  /** When the next price tier begins, and above which quantity; `null` where there is none ahead. */
  nextTier: { fromQuantity: string; crossing: Crossing } | null;
}

export interface UsageSummaryInput {
  /** IANA name; left out: UTC. */
  timeZone?: string;
}

export interface UsageSummary extends Measured {
  /** In the order of `MeterList`. */
  meters: MeterUsage[];
}

export interface UsageCostInput {
  /** Event names; left out: all meters that the host shows. */
  meters?: string[];
  /** IANA name. */
  timeZone: string;
}

/** What one price bills of a meter: all of the period, or what was used before or after a change, or what another subscription bills. */
export interface CostPart extends TimeSpan {
  /** The price's or product's name, where the provider has one. Plain text. */
  label: string | null;
  /** At least one. */
  lines: CostLine[];
}

/** A tier, a flat fee, or the whole of a part where there are no tiers. */
export interface CostLine {
  kind: 'usage' | 'flat_fee';
  /** Exclusive; decimal string. */
  fromQuantity: string;
  /** Inclusive; `null`: without end. */
  toQuantity: string | null;
  /** In this line; decimal string. */
  quantity: string;
  /** Minor units per unit, decimal string with up to 12 decimals; `null` for flat fees. */
  unitAmountMinor: string | null;
  /** How many units one price buys; 1 unless the price is by package. */
  packageSize: string;
  amount: Money;
}

/** What a meter costs in one currency in its current billing period, before credits, discounts and tax. */
export interface MeterCost {
  meter: Meter;
  period: TimeSpan;
  /** What the provider's preview says; never what discounts or credits leave of it. The lines of all parts add up to it unless `differs`. */
  total: Money;
  /** In the provider's order; several where terms changed within the period, or several subscriptions bill the meter. */
  parts: CostPart[];
  /**
   * Per day of the zone, ascending, up to now; they add up to the sum of all lines. Negative where a volume tier made all
   * of it cheaper, or a level fell. `null`: usage of the day is not known, or reading each day would take too many calls.
   */
  days: (TimeSpan & { amount: Money | null })[];
  /** Our own sum is another one than the provider's: the provider's counts, and the parts are an approximation. */
  differs: boolean;
}

export interface UsageCost extends Measured {
  timeZone: string;
  /**
   * Meters that something bills and whose next invoice the provider can tell, in the order asked or of `MeterList`. A meter
   * that several currencies bill is there once for each.
   */
  meters: MeterCost[];
  /** By currency. */
  totals: Money[];
}
