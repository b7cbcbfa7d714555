import { z } from 'zod';
import type { UsageSeries, UsageSeriesInput, UsageSummary } from '../usage.ts';
import { decimal, instantMs, measured, money, timeSpan, timeZone } from './measured.ts';
import { eventName, meter } from './meters.ts';

export const usageRange = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('period') }),
  z.strictObject({ kind: z.literal('last'), days: z.number().int().min(1) }),
  z.strictObject({ kind: z.literal('between'), startMs: instantMs, endMs: instantMs }),
]);

/** Ranges too long, inverted or with too many buckets pass here and are refused by the domain with their limit. */
export const usageSeriesInput = z.strictObject({
  meters: z.array(eventName).min(1).max(20).optional(),
  range: usageRange,
  bucket: z.enum(['hour', 'day', 'week', 'month']),
  timeZone,
}) satisfies z.ZodType<UsageSeriesInput>;

const usageBucket = timeSpan.extend({
  quantity: decimal.nullable(),
  carriedForward: z.boolean(),
  partial: z.boolean(),
  provisional: z.boolean(),
});

const resolvedRange = timeSpan.extend({
  kind: z.enum(['period', 'last', 'between']),
  widened: z.boolean(),
  requested: timeSpan,
});

export const usageSeries = measured.extend({
  timeZone: z.string(),
  bucket: z.enum(['hour', 'day', 'week', 'month']),
  series: z.array(
    z.object({ meter, range: resolvedRange, buckets: z.array(usageBucket), total: decimal.nullable() }),
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
      cost: money.nullable(),
    }),
  ),
}) satisfies z.ZodType<UsageSummary>;
