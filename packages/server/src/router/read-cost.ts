import {
  BillingError,
  type MeterCost,
  type Money,
  type UsageCost,
  type UsageCostInput,
} from '@meterboard/contract';
import { type BillingItem, billedParts, findBillingItems, previewsOf } from '../domain/billed-parts.ts';
import { type CostDays, type CostedMeter, costMeter, planCostDays } from '../domain/cost-usage.ts';
import type { ShownMeter } from '../domain/describe-meters.ts';
import { assertFewReadings, planUsageWindows } from '../domain/plan-usage-windows.ts';
import type { BillingGateway, RawDocument, UsageWindow } from '../gateway.ts';
import { readSnapshot } from '../snapshot.ts';
import { type CustomerContext, measure } from './init.ts';
import { readShownMeters } from './meters.ts';
import { readPreviews } from './read-previews.ts';
import { chooseMeters, isSettling, readBuckets } from './read-usage.ts';
import { tellDifference } from './tell-difference.ts';

/** What the chosen meters cost in their current billing periods, from one snapshot of usage and previews. */
export async function readCost(
  ctx: CustomerContext,
  { meters, timeZone }: UsageCostInput,
): Promise<UsageCost> {
  const { data } = await readSnapshot(ctx.snapshotGateways, ctx.customerId, {
    async read(gateway, subscriptions) {
      const [shown, previews] = await Promise.all([
        readShownMeters(ctx),
        readPreviews(ctx, gateway, subscriptions),
      ]);
      const plans = chooseMeters(shown, meters).flatMap((meter) => {
        const billing = findBillingItems(subscriptions, meter.meterId);
        const plan = planCost(ctx, meter, billing, previews, timeZone);
        return plan ? [plan] : [];
      });
      const readable = withinLimits(plans);
      return Promise.all(readable.map((plan) => readMeterCost(ctx, gateway, plan)));
    },
  });
  for (const { differences } of data) for (const found of differences) tellDifference(ctx, found);
  const settling = data.some(({ isProvisional }) => isProvisional);
  const costs = data.map(({ cost }) => cost);
  return {
    ...measure(ctx, 'stripe', settling ? 'settling' : 'live'),
    timeZone,
    meters: costs,
    totals: totalsOf(costs),
  };
}

interface CostPlan extends CostDays {
  shown: ShownMeter;
  billing: BillingItem[];
  first: BillingItem;
  parts: ReturnType<typeof billedParts>;
  /** `null`: the days would need too many readings. */
  windows: UsageWindow[] | null;
}

/** `null` where nothing bills the meter, or the provider does not say what it will bill. */
function planCost(
  { startedAtMs: nowMs }: CustomerContext,
  shown: ShownMeter,
  billing: BillingItem[],
  previews: readonly RawDocument[],
  timeZone: string,
): CostPlan | null {
  const [first] = billing;
  if (!first || previewsOf(billing, previews).length === 0) return null;
  const parts = billedParts(shown.meterId, billing, previews);
  const days = planCostDays(first.item.period, parts, timeZone, nowMs);
  const plan = { shown, billing, first, parts, ...days };
  const { aggregation } = shown.meter;
  return { ...plan, windows: unlessTooMany(() => planUsageWindows(days.pieces, aggregation, nowMs)) };
}

/** Amounts are worth showing even where days are not: together they may need no more readings than any other question. */
function withinLimits(plans: CostPlan[]): CostPlan[] {
  const count = plans.reduce((sum, { windows }) => sum + (windows?.length ?? 0), 0);
  if (unlessTooMany(() => assertFewReadings(count)) !== null) return plans;
  return plans.map((plan) => ({ ...plan, windows: null }));
}

function unlessTooMany<T>(run: () => T): T | null {
  try {
    return run();
  } catch (error) {
    if (error instanceof BillingError && error.code === 'invalid_range') return null;
    throw error;
  }
}

interface CostReading {
  cost: MeterCost;
  differences: CostedMeter['differences'];
  isProvisional: boolean;
}

async function readMeterCost(
  ctx: CustomerContext,
  gateway: BillingGateway,
  { shown, first, parts, days, pieces, windows }: CostPlan,
): Promise<CostReading> {
  const [read, priced] = await Promise.all([
    windows && readBuckets(ctx, gateway, shown, windows, [pieces]),
    Promise.all(parts.map(async (part) => ({ ...part, price: await gateway.getPrice(part.priceId) }))),
  ]);
  const { currency } = first.subscription;
  const used = read ? read.lists[0].buckets : null;
  const costed = costMeter(priced, days, used, shown.meter.aggregation, currency);
  const { differences, ...cost } = costed;
  const { startMs, endMs } = first.item.period;
  return {
    cost: { meter: shown.meter, period: { startMs, endMs }, ...cost },
    differences,
    isProvisional: read ? isSettling(read.lists) : true,
  };
}

function totalsOf(costs: readonly MeterCost[]): Money[] {
  const totals = new Map<string, number>();
  for (const { total } of costs) {
    totals.set(total.currency, (totals.get(total.currency) ?? 0) + total.amountMinor);
  }
  return [...totals].map(([currency, amountMinor]) => ({ amountMinor, currency }));
}
