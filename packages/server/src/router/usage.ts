import type { MeterUsage, UsageSummary } from '@meterboard/contract';
import { usageSeries, usageSeriesInput, usageSummary } from '@meterboard/contract/schemas';
import { z } from 'zod';
import { findBillingItems, summarizeMeter } from '../domain/summarize-usage.ts';
import { isAllowed } from '../identity.ts';
import { readSnapshot } from '../snapshot.ts';
import { type CustomerContext, customerProcedure, measure, router } from './init.ts';
import { readShownMeters } from './meters.ts';
import { type Cut, isSettling, planPeriod, readPlan, readSeries } from './read-usage.ts';

/**
 * Usage of the current period, with what it costs so far, from one set of billing periods. The zone changes no
 * figure, only which readings it can share with a chart of that zone.
 */
export async function readSummary(ctx: CustomerContext, timeZone: string): Promise<UsageSummary> {
  const { data } = await readSnapshot(ctx.snapshotGateways, ctx.customerId, {
    async read(gateway, subscriptions) {
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
        planPeriod(ctx, shown, subscriptions, totalCuts(timeZone)).plans.map(async (plan) => {
          const billing = findBillingItems(subscriptions, plan.shown.meterId);
          const priceId = billing[0]?.item.priceId;
          const [series, price] = await Promise.all([
            readPlan(ctx, gateway, plan),
            priceId === undefined ? null : gateway.getPrice(priceId),
          ]);
          const { total } = series;
          const usage = summarizeMeter({ shown: plan.shown, total, billing, price, previews: known });
          return { usage: withoutMoney(ctx, usage), series };
        }),
      );
    },
  });
  const settling = isSettling(data.map(({ series }) => series));
  return {
    ...measure(ctx, 'stripe', settling ? 'settling' : 'live'),
    meters: data.map(({ usage }) => usage),
  };
}

/** The chart's own readings where it is by day, else those by month in UTC, which are the fewest. */
function totalCuts(timeZone: string): Cut[] {
  return [
    { bucket: 'day', timeZone },
    { bucket: 'month', timeZone: 'UTC' },
  ];
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
