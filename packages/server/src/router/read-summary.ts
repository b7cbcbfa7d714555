import type { MeterUsage, TimeSpan, UsageSummary } from '@meterboard/contract';
import { cycleOf } from '../domain/billed-parts.ts';
import { tileBuckets } from '../domain/buckets.ts';
import { planComparison } from '../domain/compare-usage.ts';
import { forecastMeter, type MeterForecast } from '../domain/forecast-meter.ts';
import { bucketsBefore } from '../domain/resolve-range.ts';
import { summarizeMeter } from '../domain/summarize-usage.ts';
import type { BillingGateway, RawDocument, UsageWindow } from '../gateway.ts';
import { isAllowed } from '../identity.ts';
import { readSnapshot } from '../snapshot.ts';
import type { CustomerContext } from './init.ts';
import { measure } from './init.ts';
import { readShownMeters } from './meters.ts';
import { readPreviews } from './read-previews.ts';
import {
  type Cut,
  forecastFrom,
  isSettling,
  type MeterPlan,
  type PlanReading,
  planPeriod,
  readCompared,
  readPlan,
} from './read-usage.ts';

/**
 * Each meter in the current period, with what it costs so far, from one set of billing periods. Reads the windows
 * that a chart of the zone reads, and one more for what the period before had used by the same time.
 */
export async function readSummary(ctx: CustomerContext, timeZone: string): Promise<UsageSummary> {
  const { data } = await readSnapshot(ctx.snapshotGateways, ctx.customerId, {
    async read(gateway, subscriptions) {
      const [shown, previews] = await Promise.all([
        readShownMeters(ctx),
        readPreviews(ctx, gateway, subscriptions),
      ]);
      const { cut, plans } = planPeriod(ctx, shown, subscriptions, summaryCuts(timeZone));
      return Promise.all(plans.map((plan) => readMeter(ctx, gateway, { plan, cut, timeZone, previews })));
    },
  });
  const settling = isSettling(data.map(({ reading }) => reading.series));
  return {
    ...measure(ctx, 'stripe', settling ? 'settling' : 'live'),
    meters: data.map(({ usage }) => usage),
  };
}

/** The chart's own readings where it is by day, else those by month in UTC, which are the fewest. */
function summaryCuts(timeZone: string): Cut[] {
  return [
    { bucket: 'day', timeZone },
    { bucket: 'month', timeZone: 'UTC' },
  ];
}

interface MeterQuestion {
  plan: MeterPlan;
  cut: Cut;
  timeZone: string;
  previews: readonly RawDocument[];
}

async function readMeter(
  ctx: CustomerContext,
  gateway: BillingGateway,
  { plan, cut, timeZone, previews }: MeterQuestion,
): Promise<{ usage: MeterUsage; reading: PlanReading }> {
  const { shown, billing, range } = plan;
  const priceId = billing[0]?.item.priceId;
  const planned = readPlan(ctx, gateway, plan);
  async function readToDate(): Promise<string | null> {
    const compared = comparedWindow(ctx, plan, timeZone, (await planned).knownUntilMs);
    return compared && readCompared(ctx, gateway, shown, compared);
  }
  const [reading, toDate, price] = await Promise.all([
    planned,
    readToDate(),
    priceId === undefined ? null : gateway.getPrice(priceId),
  ]);
  const { total, buckets } = reading.series;
  const { startedAtMs: nowMs } = ctx;
  const days =
    cut.bucket === 'day'
      ? buckets.filter(({ startMs }) => startMs <= nowMs).map(({ quantity }) => quantity)
      : unknownDays(range, timeZone, nowMs);
  const forecast: MeterForecast = billing[0]
    ? forecastMeter({
        aggregation: shown.meter.aggregation,
        range,
        nowMs: forecastFrom(range, nowMs, reading.knownUntilMs),
        history: reading.history,
        beganAtMs: billing[0].subscription.createdAtMs,
        total,
      })
    : { kind: 'unavailable', reason: 'not_forecastable' };
  const usage = summarizeMeter({ shown, total, days, toDate, forecast, billing, price, previews });
  return { usage: withoutMoney(ctx, usage), reading };
}

/** What to read of the period before; all of it where the current one has run for longer. */
function comparedWindow(
  { startedAtMs: nowMs }: CustomerContext,
  { range, billing }: MeterPlan,
  timeZone: string,
  knownUntilMs: number,
): UsageWindow | null {
  const cycle = billing[0] ? cycleOf(billing[0]) : null;
  const asked = cycle ? ({ kind: 'period' } as const) : ({ kind: 'last', days: 30 } as const);
  const before = bucketsBefore(asked, range, cycle, { bucket: 'month', timeZone, nowMs });
  const part = before && planComparison(range, before.range, knownUntilMs);
  if (!before || !part || part.kind === 'none') return null;
  return part.kind === 'reading' ? part.window : { ...before.range, grouping: 'none' };
}

/** So many days by the calendar, when reading each would take too many calls. */
function unknownDays(range: TimeSpan, timeZone: string, nowMs: number): null[] {
  return tileBuckets(
    { startMs: range.startMs, endMs: Math.min(range.endMs, nowMs + 1) },
    'day',
    timeZone,
  ).map(() => null);
}

function withoutMoney(ctx: CustomerContext, usage: MeterUsage): MeterUsage {
  return isAllowed(ctx.identity, 'view_money') ? usage : { ...usage, costs: [] };
}
