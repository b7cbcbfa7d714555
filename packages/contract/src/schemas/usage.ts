import { z } from 'zod';
import type {
  UsageCost,
  UsageCostInput,
  UsageSeries,
  UsageSeriesInput,
  UsageSummary,
  UsageSummaryInput,
} from '../usage.ts';
import { decimal, instantMs, measured, money, timeSpan, timeZone } from './measured.ts';
import { eventName, meter } from './meters.ts';

export const usageRange = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('period') }),
  z.strictObject({ kind: z.literal('previous_period') }),
  z.strictObject({ kind: z.literal('last'), days: z.number().int().min(1) }),
  z.strictObject({ kind: z.literal('month'), month: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/) }),
  z.strictObject({ kind: z.literal('between'), startMs: instantMs, endMs: instantMs }),
]);

/** Ranges too long, inverted or with too many buckets pass here and are refused by the domain with their limit. */
export const usageSeriesInput = z.strictObject({
  meters: z.array(eventName).min(1).max(50).optional(),
  range: usageRange,
  bucket: z.enum(['hour', 'day', 'week', 'month']),
  timeZone,
  compare: z.boolean().optional(),
  forecast: z.boolean().optional(),
}) satisfies z.ZodType<UsageSeriesInput>;

export const usageSummaryInput = z
  .strictObject({ timeZone: timeZone.optional() })
  .optional() satisfies z.ZodType<UsageSummaryInput | undefined>;

export const usageCostInput = z.strictObject({
  meters: z.array(eventName).min(1).max(50).optional(),
  timeZone,
}) satisfies z.ZodType<UsageCostInput>;

const usageBucket = timeSpan.extend({
  quantity: decimal.nullable(),
  cumulative: decimal.nullable(),
  carriedForward: z.boolean(),
  partial: z.boolean(),
  provisional: z.boolean(),
});

const resolvedRange = timeSpan.extend({
  kind: z.enum(['period', 'previous_period', 'last', 'month', 'between']),
  widened: z.boolean(),
  requested: timeSpan,
});

const band = z.object({ low: decimal, mid: decimal, high: decimal });

const previous = z.object({
  range: timeSpan,
  buckets: z.array(usageBucket),
  total: decimal.nullable(),
  toDate: decimal.nullable(),
  changeRatio: z.number().nullable(),
});

const unavailableReason = z.enum(['too_little_data', 'ended', 'not_forecastable']);
const unavailable = z.object({ kind: z.literal('unavailable'), reason: unavailableReason });
const forecast = z.object({
  kind: z.literal('forecast'),
  total: band,
  buckets: z.array(timeSpan.extend({ cumulative: band })),
  basedOnDays: z.number(),
});

const crossing = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('crossed') }),
  z.object({
    kind: z.literal('expected'),
    atMs: instantMs,
    earliestMs: instantMs,
    latestMs: instantMs.nullable(),
  }),
  z.object({ kind: z.literal('not_in_period'), earliestMs: instantMs.nullable() }),
  z.object({ kind: z.literal('unknown'), reason: unavailableReason }),
]);

export const usageSeries = measured.extend({
  timeZone: z.string(),
  bucket: z.enum(['hour', 'day', 'week', 'month']),
  series: z.array(
    z.object({
      meter,
      range: resolvedRange,
      buckets: z.array(usageBucket),
      total: decimal.nullable(),
      limit: decimal.nullable(),
      included: decimal.nullable(),
      isClosed: z.boolean().nullable(),
      changes: z.array(z.object({ atMs: instantMs, label: z.string().nullable() })),
      previous: previous.nullable(),
      forecast: z.discriminatedUnion('kind', [forecast, unavailable]).nullable(),
    }),
  ),
}) satisfies z.ZodType<UsageSeries>;

export const usageSummary = measured.extend({
  meters: z.array(
    z.object({
      meter,
      period: timeSpan.nullable(),
      total: decimal.nullable(),
      included: decimal.nullable(),
      limit: decimal.nullable(),
      usedRatio: z.number().nullable(),
      status: z.enum(['ok', 'near', 'over']),
      costs: z.array(money),
      days: z.array(decimal.nullable()),
      previous: previous.pick({ toDate: true, changeRatio: true }).nullable(),
      forecast: z.discriminatedUnion('kind', [forecast.omit({ buckets: true }), unavailable]),
      limitCrossing: crossing.nullable(),
      nextTier: z.object({ fromQuantity: decimal, crossing }).nullable(),
    }),
  ),
}) satisfies z.ZodType<UsageSummary>;

const costLine = z.object({
  kind: z.enum(['usage', 'flat_fee']),
  fromQuantity: decimal,
  toQuantity: decimal.nullable(),
  quantity: decimal,
  unitAmountMinor: decimal.nullable(),
  packageSize: decimal,
  amount: money,
});

export const usageCost = measured.extend({
  timeZone: z.string(),
  meters: z.array(
    z.object({
      meter,
      period: timeSpan,
      total: money,
      parts: z.array(timeSpan.extend({ label: z.string().nullable(), lines: z.array(costLine) })),
      days: z.array(timeSpan.extend({ amount: money.nullable() })),
      differs: z.boolean(),
    }),
  ),
  totals: z.array(money),
}) satisfies z.ZodType<UsageCost>;
