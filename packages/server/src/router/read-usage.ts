import {
  BillingError,
  type MeterSeries,
  type PlanChange,
  type TimeSpan,
  type UsageSeries,
  type UsageSeriesInput,
} from '@meterboard/contract';
import { type AssembledSeries, assembleSeries } from '../domain/assemble-series.ts';
import { type BillingItem, cycleOf, findBillingItems } from '../domain/billed-parts.ts';
import type { CalendarBucket } from '../domain/buckets.ts';
import { comparedQuantity, comparePrevious, planComparison } from '../domain/compare-usage.ts';
import type { ShownMeter } from '../domain/describe-meters.ts';
import { findChanges } from '../domain/find-changes.ts';
import { forecastAlong, forecastHistory, forecastMeter } from '../domain/forecast-meter.ts';
import { assertFewReadings, planUsageWindows } from '../domain/plan-usage-windows.ts';
import {
  assertRangeAllowed,
  type BucketsBefore,
  bucketsBefore,
  type ResolvedBuckets,
  resolveRange,
} from '../domain/resolve-range.ts';
import { includedQuantity } from '../domain/summarize-usage.ts';
import type { BillingGateway, RawDocument, RawSubscription, UsageWindow } from '../gateway.ts';
import { logFailure, toExpectedError } from './errors.ts';
import { type CustomerContext, measure } from './init.ts';
import { readShownMeters } from './meters.ts';
import { readIsClosed } from './read-closed.ts';

/** What to read for one meter, and what to make of it. */
export interface MeterPlan extends ResolvedBuckets {
  shown: ShownMeter;
  /** All live items that bill it; the first one decides its period. */
  billing: BillingItem[];
  /** Days of UTC that a forecast learns from; empty where there is none. */
  history: CalendarBucket[];
  /** For the buckets and the history together. */
  windows: UsageWindow[];
  previous: PreviousPlan | null;
}

/** The time before. How much of it compares is told by what is known of the range. */
export interface PreviousPlan extends BucketsBefore {
  windows: UsageWindow[];
}

/** How to cut a range. */
export type Cut = Pick<UsageSeriesInput, 'bucket' | 'timeZone'>;

type Question = Cut & Pick<UsageSeriesInput, 'range' | 'compare' | 'forecast'>;

/** Usage by bucket. Ranges that no provider needs to be asked for are refused before anything is read. */
export async function readSeries(ctx: CustomerContext, input: UsageSeriesInput): Promise<UsageSeries> {
  const { meters, compare = false } = input;
  const meterCount = meters?.length ?? 1;
  assertRangeAllowed(input.range, { ...input, nowMs: ctx.startedAtMs }, { meterCount, compare });
  const [shown, subscriptions] = await readMetersAndPeriods(ctx);
  const plans = planMeters(ctx, chooseMeters(shown, meters), subscriptions, input);
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

/**
 * Plans the current billing period of all meters in the first cut that is within the limits, else in the last; with
 * the history that forecasts need, so that a chart and a summary read the same windows.
 */
export function planPeriod(
  ctx: CustomerContext,
  shown: readonly ShownMeter[],
  subscriptions: readonly RawSubscription[],
  cuts: readonly Cut[],
): { cut: Cut; plans: MeterPlan[] } {
  const [cut, ...coarser] = cuts;
  if (!cut) throw new Error('a billing period can be cut in no way at all');
  const plan = () =>
    planMeters(ctx, shown, subscriptions, { range: { kind: 'period' }, forecast: true, ...cut });
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
  { range, compare, forecast, ...cut }: Question,
): MeterPlan[] {
  const nowMs = ctx.startedAtMs;
  const context = { ...cut, nowMs };
  return shown.map((meter) => {
    const { aggregation } = meter.meter;
    const billing = findBillingItems(subscriptions, meter.meterId);
    const cycle = billing[0] ? cycleOf(billing[0]) : null;
    const resolved = resolveRange(range, cycle, context);
    const runs = nowMs >= resolved.range.startMs && nowMs < resolved.range.endMs;
    const history = forecast && runs && aggregation !== 'last' ? forecastHistory(nowMs) : [];
    const windows = planUsageWindows([...history, ...resolved.buckets], aggregation, nowMs);
    const before = compare ? bucketsBefore(range, resolved.range, cycle, context) : null;
    const previous = before && {
      ...before,
      windows: planUsageWindows(before.buckets, aggregation, nowMs),
    };
    return { shown: meter, billing, ...resolved, history, windows, previous };
  });
}

function countReadings(plans: readonly MeterPlan[]): number {
  return plans.reduce((sum, { windows, previous }) => {
    // What compares is one more.
    const before = previous ? previous.windows.length + 1 : 0;
    return sum + windows.length + before;
  }, 0);
}

/** What the plan's windows hold: the range's buckets, and the days before now that a forecast learns from. */
export interface PlanReading {
  series: AssembledSeries;
  history: AssembledSeries['buckets'];
  /** See `BucketReading`. */
  knownUntilMs: number;
}

/** Reads the plan's windows. */
export async function readPlan(
  ctx: CustomerContext,
  gateway: BillingGateway,
  { shown, buckets, history, windows }: MeterPlan,
): Promise<PlanReading> {
  const { lists, knownUntilMs } = await readBuckets(ctx, gateway, shown, windows, [buckets, history]);
  const [series, past] = lists;
  return { series, history: past.buckets, knownUntilMs };
}

/** Lists of buckets, filled. */
export interface BucketReading<Lists extends readonly unknown[]> {
  lists: { [Index in keyof Lists]: AssembledSeries };
  /** Up to when usage is known, Unix ms: now, or earlier where what is remembered had to do. Figures are as of then. */
  knownUntilMs: number;
}

/** Reads windows once and fills each of the lists of buckets from them, as far as usage is known. */
export async function readBuckets<Lists extends readonly (readonly CalendarBucket[])[]>(
  { customerId, startedAtMs, configuration }: CustomerContext,
  gateway: BillingGateway,
  { meterId, meter: { aggregation } }: ShownMeter,
  windows: readonly UsageWindow[],
  lists: readonly [...Lists],
): Promise<BucketReading<Lists>> {
  let knownUntilMs = startedAtMs;
  let readAtMs = startedAtMs;
  const readings = await Promise.all(
    windows.map(async (window) => {
      const query = { meterId, customerId, window };
      const onRead = (facts: { knownUntilMs: number; readAtMs: number }) => {
        knownUntilMs = Math.min(knownUntilMs, facts.knownUntilMs);
        readAtMs = Math.min(readAtMs, facts.readAtMs);
      };
      return { window, rows: await gateway.listUsage(query, { onRead }) };
    }),
  );
  // What was read before it had settled has not settled since.
  const settleAfterMs = configuration.settleAfterMs + Math.max(0, knownUntilMs - readAtMs);
  // What began later was not read: it has no figure, and not a figure of zero.
  const filled = lists.map((list) =>
    assembleSeries(list, readings, aggregation, knownUntilMs, settleAfterMs),
  );
  return { lists: filled as BucketReading<Lists>['lists'], knownUntilMs };
}

/**
 * The quantity of one ungrouped window, as a comparison needs it. `null` where the provider cannot be read now: its end
 * moves with the clock, so nothing older stands in for it, and a comparison is no reason to show no usage.
 */
export async function readCompared(
  ctx: CustomerContext,
  gateway: BillingGateway,
  { meterId, meter }: ShownMeter,
  window: UsageWindow,
): Promise<string | null> {
  try {
    const query = { meterId, customerId: ctx.customerId, window };
    const [row] = await gateway.listUsage(query, { isOneOff: true });
    return comparedQuantity(row?.quantity, meter.aggregation);
  } catch (thrown) {
    const error = toExpectedError(thrown);
    if (!error.retryable) throw error;
    logFailure(ctx, error, 'usage comparison');
    return null;
  }
}

/** Whether some of the figures may still change by events that are under way. */
export function isSettling(series: readonly Pick<AssembledSeries, 'buckets'>[]): boolean {
  return series.some(({ buckets }) => buckets.some(({ provisional }) => provisional));
}

function readMetersAndPeriods(ctx: CustomerContext): Promise<[ShownMeter[], RawSubscription[]]> {
  return Promise.all([readShownMeters(ctx), ctx.gateway.listSubscriptions(ctx.customerId)]);
}

async function readPlanned(
  ctx: CustomerContext,
  plans: readonly MeterPlan[],
  { bucket, timeZone, forecast = false }: Cut & Pick<UsageSeriesInput, 'forecast'>,
): Promise<UsageSeries> {
  const series = await Promise.all(plans.map((plan) => readMeterSeries(ctx, plan, forecast)));
  const freshness = isSettling(series) ? 'settling' : 'live';
  return { ...measure(ctx, 'stripe', freshness), timeZone, bucket, series };
}

async function readMeterSeries(
  ctx: CustomerContext,
  plan: MeterPlan,
  wantsForecast: boolean,
): Promise<MeterSeries> {
  const { shown, range } = plan;
  const { startedAtMs: nowMs } = ctx;
  const reading = readPlan(ctx, ctx.gateway, plan);
  const [{ series, history, knownUntilMs }, before, changes, included, isClosed] = await Promise.all([
    reading,
    plan.previous && readPrevious(ctx, plan, plan.previous, reading),
    readChanges(ctx, plan),
    readIncluded(ctx, plan),
    readIsClosed(ctx, plan),
  ]);
  const sources = {
    aggregation: shown.meter.aggregation,
    range,
    nowMs: forecastFrom(range, nowMs, knownUntilMs),
    history,
    beganAtMs: plan.billing[0]?.subscription.createdAtMs ?? null,
    total: series.total,
  };
  const ahead = series.buckets.filter(({ endMs }) => endMs > nowMs);
  const isPeriod = range.kind === 'period' || range.kind === 'previous_period';
  return {
    meter: shown.meter,
    range,
    ...series,
    limit: isPeriod ? shown.limit : null,
    included,
    isClosed,
    changes,
    previous: before && comparePrevious(before.range, before.series, series.total, before.toDate),
    forecast: wantsForecast ? forecastAlong(forecastMeter(sources), sources, ahead) : null,
  };
}

/** From where a range is forecast: from what is known of it, unless it has ended since. */
export function forecastFrom(range: TimeSpan, nowMs: number, knownUntilMs: number): number {
  return nowMs < range.endMs ? knownUntilMs : nowMs;
}

async function readPrevious(
  ctx: CustomerContext,
  { shown, range: current }: MeterPlan,
  { range, buckets, windows }: PreviousPlan,
  reading: Promise<PlanReading>,
) {
  async function readToDate() {
    const compared = planComparison(current, range, (await reading).knownUntilMs);
    if (compared.kind !== 'reading') return { kind: compared.kind, quantity: null };
    return { kind: compared.kind, quantity: await readCompared(ctx, ctx.gateway, shown, compared.window) };
  }
  const [{ lists }, toDate] = await Promise.all([
    readBuckets(ctx, ctx.gateway, shown, windows, [buckets]),
    readToDate(),
  ]);
  const [series] = lists;
  const all = series.total === null ? null : comparedQuantity(series.total, shown.meter.aggregation);
  return { range, series, toDate: toDate.kind === 'all' ? all : toDate.quantity };
}

/** What the plan of the current period includes. What it included before is not known: its price may have been another. */
async function readIncluded(ctx: CustomerContext, { range, billing }: MeterPlan): Promise<string | null> {
  const [first] = billing;
  if (!first || range.kind !== 'period') return null;
  return includedQuantity(await ctx.gateway.getPrice(first.item.priceId));
}

async function readChanges(
  ctx: CustomerContext,
  { shown, range, billing }: MeterPlan,
): Promise<PlanChange[]> {
  const [first] = billing;
  if (!first || range.endMs <= first.item.period.startMs || range.startMs >= first.item.period.endMs)
    return [];
  const preview = await previewForChanges(ctx, first.subscription.subscriptionId);
  const changes = preview ? findChanges(shown.meterId, first, preview, range) : [];
  return Promise.all(
    changes.map(async ({ atMs, priceId }) => {
      const { name } = await ctx.gateway.getPrice(priceId);
      return { atMs, label: name ?? null };
    }),
  );
}

/** A mark on a chart is no reason to show no chart: without a preview there are no marks, and the log says why. */
async function previewForChanges(ctx: CustomerContext, subscriptionId: string): Promise<RawDocument | null> {
  try {
    return await ctx.gateway.previewInvoice({ customerId: ctx.customerId, subscriptionId });
  } catch (thrown) {
    const error = toExpectedError(thrown);
    if (error.code === 'internal') throw error;
    logFailure(ctx, error, 'usage.series changes');
    return null;
  }
}

/** The meters asked for, in that order; all of them where none is named. Rejects with `unknown_meter`. */
export function chooseMeters(shown: ShownMeter[], eventNames: readonly string[] | undefined): ShownMeter[] {
  return (
    eventNames?.map((eventName) => {
      const found = shown.find(({ meter }) => meter.eventName === eventName);
      if (!found) throw new BillingError('unknown_meter', { field: 'meters' });
      return found;
    }) ?? shown
  );
}
