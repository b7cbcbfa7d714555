import {
  BillingError,
  type MeterSeries,
  type UsageSeries,
  type UsageSeriesInput,
} from '@meterboard/contract';
import { assembleSeries } from '../domain/assemble-series.ts';
import type { ShownMeter } from '../domain/describe-meters.ts';
import { assertFewReadings, planUsageWindows } from '../domain/plan-usage-windows.ts';
import { assertRangeAllowed, type ResolvedBuckets, resolveRange } from '../domain/resolve-range.ts';
import { findBillingItems } from '../domain/summarize-usage.ts';
import type { BillingGateway, RawSubscription, UsageWindow } from '../gateway.ts';
import { type CustomerContext, measure } from './init.ts';
import { readShownMeters } from './meters.ts';

/** What to read for one meter, and what to make of it. */
export interface MeterPlan extends ResolvedBuckets {
  shown: ShownMeter;
  windows: UsageWindow[];
}

/** How to cut a range. */
export type Cut = Pick<UsageSeriesInput, 'bucket' | 'timeZone'>;

/** Usage by bucket. Ranges that no provider needs to be asked for are refused before anything is read. */
export async function readSeries(ctx: CustomerContext, input: UsageSeriesInput): Promise<UsageSeries> {
  assertRangeAllowed(input.range, { ...input, nowMs: ctx.startedAtMs }, input.meters?.length);
  const [shown, subscriptions] = await readMetersAndPeriods(ctx);
  const plans = planMeters(ctx, chooseMeters(shown, input.meters), subscriptions, input);
  assertFewReadings(countReadings(plans));
  return readPlanned(ctx, plans, input);
}

/** Usage of the current billing period, by day where that is within the limits, else by week, else by month. */
export async function readPeriodSeries(ctx: CustomerContext, timeZone: string): Promise<UsageSeries> {
  const [shown, subscriptions] = await readMetersAndPeriods(ctx);
  const cuts = (['day', 'week', 'month'] as const).map((bucket) => ({ bucket, timeZone }));
  const { cut, plans } = planPeriod(ctx, shown, subscriptions, cuts);
  return readPlanned(ctx, plans, cut);
}

/** Plans the current billing period of all meters in the first cut that is within the limits, else in the last. */
export function planPeriod(
  ctx: CustomerContext,
  shown: readonly ShownMeter[],
  subscriptions: readonly RawSubscription[],
  cuts: readonly Cut[],
): { cut: Cut; plans: MeterPlan[] } {
  const [cut, ...coarser] = cuts;
  if (!cut) throw new Error('a billing period can be cut in no way at all');
  const plan = () => planMeters(ctx, shown, subscriptions, { range: { kind: 'period' }, ...cut });
  if (coarser.length === 0) return { cut, plans: plan() };
  try {
    const plans = plan();
    assertFewReadings(countReadings(plans));
    return { cut, plans };
  } catch (error) {
    if (!(error instanceof BillingError && error.code === 'invalid_range')) throw error;
    return planPeriod(ctx, shown, subscriptions, coarser);
  }
}

function planMeters(
  ctx: CustomerContext,
  shown: readonly ShownMeter[],
  subscriptions: readonly RawSubscription[],
  question: Cut & Pick<UsageSeriesInput, 'range'>,
): MeterPlan[] {
  const nowMs = ctx.startedAtMs;
  return shown.map((meter) => {
    const [billing] = findBillingItems(subscriptions, meter.meterId);
    const resolved = resolveRange(question.range, billing?.item.period ?? null, { ...question, nowMs });
    const windows = planUsageWindows(resolved.buckets, meter.meter.aggregation, nowMs);
    return { shown: meter, ...resolved, windows };
  });
}

function countReadings(plans: readonly MeterPlan[]): number {
  return plans.reduce((sum, { windows }) => sum + windows.length, 0);
}

/** What the plan's windows hold. */
export async function readPlan(
  ctx: CustomerContext,
  gateway: BillingGateway,
  { shown: { meterId, meter }, range, buckets, windows }: MeterPlan,
): Promise<MeterSeries> {
  const { customerId, startedAtMs, configuration } = ctx;
  let knownUntilMs = startedAtMs;
  const readings = await Promise.all(
    windows.map(async (window) => {
      const query = { meterId, customerId, window };
      const onRead = ({ readAtMs }: { readAtMs: number }) => {
        if (readAtMs < window.endMs) knownUntilMs = Math.min(knownUntilMs, readAtMs);
      };
      return { window, rows: await gateway.listUsage(query, { onRead }) };
    }),
  );
  // What began after the oldest reading was not read: it has no figure, and not a figure of zero.
  const series = assembleSeries(
    buckets,
    readings,
    meter.aggregation,
    knownUntilMs,
    configuration.settleAfterMs,
  );
  return { meter, range, ...series };
}

/** Whether some of the figures may still change by events that are under way. */
export function isSettling(series: readonly MeterSeries[]): boolean {
  return series.some(({ buckets }) => buckets.some(({ provisional }) => provisional));
}

function readMetersAndPeriods(ctx: CustomerContext): Promise<[ShownMeter[], RawSubscription[]]> {
  return Promise.all([readShownMeters(ctx), ctx.gateway.listSubscriptions(ctx.customerId)]);
}

async function readPlanned(
  ctx: CustomerContext,
  plans: readonly MeterPlan[],
  { bucket, timeZone }: Cut,
): Promise<UsageSeries> {
  const series = await Promise.all(plans.map((plan) => readPlan(ctx, ctx.gateway, plan)));
  const freshness = isSettling(series) ? 'settling' : 'live';
  return { ...measure(ctx, 'stripe', freshness), timeZone, bucket, series };
}

function chooseMeters(shown: ShownMeter[], eventNames: readonly string[] | undefined): ShownMeter[] {
  return (
    eventNames?.map((eventName) => {
      const found = shown.find(({ meter }) => meter.eventName === eventName);
      if (!found) throw new BillingError('unknown_meter', { field: 'meters' });
      return found;
    }) ?? shown
  );
}
