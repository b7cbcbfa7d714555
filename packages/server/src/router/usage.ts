import {
  BillingError,
  type MeterSeries,
  type MeterUsage,
  type TimeSpan,
  type UsageSeries,
  type UsageSeriesInput,
  type UsageSummary,
} from '@meterboard/contract';
import { usageSeries, usageSeriesInput, usageSummary } from '@meterboard/contract/schemas';
import { z } from 'zod';
import { assembleSeries } from '../domain/assemble-series.ts';
import type { ShownMeter } from '../domain/describe-meters.ts';
import { maxUngroupedWindows, planUsageWindows } from '../domain/plan-usage-windows.ts';
import { assertRangeAllowed, resolveRange } from '../domain/resolve-range.ts';
import { findBillingItems, summarizeMeter } from '../domain/summarize-usage.ts';
import { dayMs } from '../domain/time-units.ts';
import type { BillingGateway, RawSubscription } from '../gateway.ts';
import { isAllowed } from '../identity.ts';
import { readSnapshot } from '../snapshot.ts';
import { type CustomerContext, customerProcedure, measure, router } from './init.ts';
import { readShownMeters } from './meters.ts';

/** Usage by bucket. Ranges that no provider needs to be asked for are refused before anything is read. */
export async function readSeries(ctx: CustomerContext, input: UsageSeriesInput): Promise<UsageSeries> {
  assertRangeAllowed(input.range, { ...input, nowMs: ctx.startedAtMs });
  const [shown, subscriptions] = await Promise.all([
    readShownMeters(ctx),
    ctx.gateway.listSubscriptions(ctx.customerId),
  ]);
  const series = await Promise.all(
    chooseMeters(shown, input.meters).map((meter) =>
      readMeterSeries(ctx, ctx.gateway, meter, periodOf(subscriptions, meter), input),
    ),
  );
  return {
    ...measure(ctx, 'stripe', isSettling(series) ? 'settling' : 'live'),
    timeZone: input.timeZone,
    bucket: input.bucket,
    series,
  };
}

/**
 * Usage of the current period, with what it costs so far, from one set of billing periods. The zone changes no
 * figure, only which readings it can share with a chart of that zone.
 */
export async function readSummary(ctx: CustomerContext, timeZone: string): Promise<UsageSummary> {
  const gateways = { first: ctx.gateway, fresh: ctx.freshGateway };
  const { data } = await readSnapshot(gateways, ctx.customerId, async (gateway, subscriptions) => {
    const live = subscriptions.filter(
      ({ live, items }) => live && items.some(({ meterId }) => meterId !== null),
    );
    const [shown, previews] = await Promise.all([
      readShownMeters(ctx),
      Promise.all(
        live.map(({ subscriptionId }) =>
          gateway.previewInvoice({ customerId: ctx.customerId, subscriptionId }),
        ),
      ),
    ]);
    const known = previews.filter((preview) => preview !== null);
    return Promise.all(
      shown.map(async (meter) => {
        const billing = findBillingItems(subscriptions, meter.meterId);
        const priceId = billing[0]?.item.priceId;
        const period = periodOf(subscriptions, meter);
        const [series, price] = await Promise.all([
          readMeterSeries(ctx, gateway, meter, period, totalInput(period, timeZone)),
          priceId === undefined ? null : gateway.getPrice(priceId),
        ]);
        const usage = summarizeMeter({ shown: meter, total: series.total, billing, price, previews: known });
        return { usage: withoutMoney(ctx, usage), series };
      }),
    );
  });
  const settling = isSettling(data.map(({ series }) => series));
  return {
    ...measure(ctx, 'stripe', settling ? 'settling' : 'live'),
    meters: data.map(({ usage }) => usage),
  };
}

/** The question whose total is the period's: a chart's own where days are few, else one with few readings. */
function totalInput(period: TimeSpan | null, timeZone: string): UsageSeriesInput {
  const isLong = period !== null && period.endMs - period.startMs > maxUngroupedWindows * 0.9 * dayMs;
  const cut = isLong
    ? ({ bucket: 'month', timeZone: 'UTC' } as const)
    : ({ bucket: 'day', timeZone } as const);
  return { range: { kind: 'period' }, ...cut };
}

async function readMeterSeries(
  ctx: CustomerContext,
  gateway: BillingGateway,
  { meterId, meter }: ShownMeter,
  period: TimeSpan | null,
  input: UsageSeriesInput,
): Promise<MeterSeries> {
  const nowMs = ctx.startedAtMs;
  const { range, buckets } = resolveRange(input.range, period, { ...input, nowMs });
  const windows = planUsageWindows(buckets, meter.aggregation, nowMs);
  const { customerId } = ctx;
  const readings = await Promise.all(
    windows.map(async (window) => ({
      window,
      rows: await gateway.listUsage({ meterId, customerId, window }),
    })),
  );
  return { meter, range, ...assembleSeries(buckets, readings, meter.aggregation, nowMs) };
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

function periodOf(subscriptions: RawSubscription[], { meterId }: ShownMeter): TimeSpan | null {
  return findBillingItems(subscriptions, meterId)[0]?.item.period ?? null;
}

function isSettling(series: readonly MeterSeries[]): boolean {
  return series.some(({ buckets }) => buckets.some(({ provisional }) => provisional));
}

function withoutMoney(ctx: CustomerContext, usage: MeterUsage): MeterUsage {
  return isAllowed(ctx.identity, 'view_money') ? usage : { ...usage, cost: null };
}

export const usageRouter = router({
  /** Usage by bucket, for one range and several meters. */
  series: customerProcedure('view')
    .input(usageSeriesInput)
    .output(usageSeries)
    .query(({ ctx, input }) => readSeries(ctx, input)),

  /** Each meter in its current billing period. Without `view_money`, costs are left out. */
  summary: customerProcedure('view')
    .input(z.undefined())
    .output(usageSummary)
    .query(({ ctx }) => readSummary(ctx, 'UTC')),
});
