import type {
  Bucket,
  MeterSeries,
  TimeSpan,
  UsageBucket,
  UsageSeries,
  UsageSeriesInput,
} from '@meterboard/contract';
import { dayMs, fixtureNowMs, fixturePeriod } from './fixture-clock.ts';
import { fixtureDay } from './fixture-usage.ts';

const hourMs = 3_600_000;

/** The days that a range means, in UTC. */
function spanOf({ range }: UsageSeriesInput): TimeSpan {
  const { startMs } = fixturePeriod;
  const tomorrowMs = Math.ceil(fixtureNowMs / dayMs) * dayMs;
  switch (range.kind) {
    case 'period':
      return fixturePeriod;
    case 'previous_period':
      return { startMs: Date.UTC(2026, 9, 1), endMs: startMs };
    case 'last':
      return { startMs: tomorrowMs - range.days * dayMs, endMs: tomorrowMs };
    case 'month': {
      const [year = 2026, month = 11] = range.month.split('-').map(Number);
      return { startMs: Date.UTC(year, month - 1, 1), endMs: Date.UTC(year, month, 1) };
    }
    case 'between':
      return {
        startMs: Math.floor(range.startMs / dayMs) * dayMs,
        endMs: Math.ceil(range.endMs / dayMs) * dayMs,
      };
  }
}

function nextEdge(atMs: number, bucket: Bucket): number {
  if (bucket === 'hour') return atMs + hourMs;
  if (bucket === 'day') return atMs + dayMs;
  const date = new Date(atMs);
  if (bucket === 'month') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
  return atMs + (7 - ((date.getUTCDay() + 6) % 7)) * dayMs;
}

/** A day's share of an hour: quiet at night. */
function hourShare(hour: number): number {
  return (1 + 0.8 * Math.sin(((hour - 8) / 24) * 2 * Math.PI)) / 24;
}

function bucketsOf(like: MeterSeries, { startMs, endMs }: TimeSpan, bucket: Bucket): UsageBucket[] {
  const isLevel = like.meter.aggregation === 'last';
  const buckets: UsageBucket[] = [];
  let sum = 0;
  for (let atMs = startMs; atMs < endMs; ) {
    const edgeMs = nextEdge(atMs, bucket);
    const toMs = Math.min(edgeMs, endMs);
    const day = Math.floor((atMs - fixturePeriod.startMs) / dayMs);
    const isFuture = atMs > fixtureNowMs;
    let quantity = 0;
    if (bucket === 'hour') {
      const whole = fixtureDay(like.meter, day);
      quantity = isLevel ? whole : Math.round(whole * hourShare(new Date(atMs).getUTCHours()));
    } else {
      for (let dayAtMs = atMs; dayAtMs < toMs && dayAtMs <= fixtureNowMs; dayAtMs += dayMs) {
        const one = fixtureDay(like.meter, Math.floor((dayAtMs - fixturePeriod.startMs) / dayMs));
        quantity = isLevel ? one : quantity + one;
      }
    }
    sum += isFuture ? 0 : quantity;
    buckets.push({
      startMs: atMs,
      endMs: toMs,
      quantity: isFuture ? null : String(quantity),
      cumulative: isFuture || isLevel ? null : String(sum),
      carriedForward: false,
      partial: toMs - atMs < edgeMs - atMs,
      provisional: !isFuture && toMs > fixtureNowMs,
    });
    atMs = toMs;
  }
  return buckets;
}

/**
 * What the fixtures' meters answer to any question: other ranges and buckets than the period by day are made from the
 * same rhythm. What was not asked along is `null`.
 */
export function fixtureSeriesFor(
  input: UsageSeriesInput,
  known: MeterSeries[],
): Pick<UsageSeries, 'bucket' | 'series'> {
  const { range, bucket, compare, forecast } = input;
  const isKnown = range.kind === 'period' && bucket === 'day';
  const series = known.map((one): MeterSeries => {
    const asked = {
      previous: compare ? one.previous : null,
      forecast: forecast ? one.forecast : null,
    };
    if (isKnown) return { ...one, ...asked };
    const span = spanOf(input);
    const buckets = bucketsOf(one, span, bucket);
    const last = buckets.findLast(({ quantity }) => quantity !== null);
    const isPeriod = range.kind === 'period';
    return {
      ...one,
      range: { kind: range.kind, ...span, widened: false, requested: span },
      buckets,
      total: (one.meter.aggregation === 'last' ? last?.quantity : last?.cumulative) ?? null,
      limit: isPeriod ? one.limit : null,
      included: isPeriod ? one.included : null,
      isClosed: isPeriod ? one.isClosed : range.kind === 'previous_period' ? true : null,
      changes: one.changes.filter(({ atMs }) => atMs > span.startMs && atMs < span.endMs),
      previous: compare ? previousOf(one, span, bucket, Number(last?.cumulative ?? 0)) : null,
      forecast: forecast
        ? span.endMs <= fixtureNowMs
          ? { kind: 'unavailable', reason: 'ended' }
          : isPeriod
            ? one.forecast
            : { kind: 'unavailable', reason: 'not_forecastable' }
        : null,
    };
  });
  return { bucket, series };
}

function previousOf(one: MeterSeries, span: TimeSpan, bucket: Bucket, now: number): MeterSeries['previous'] {
  const before = { startMs: 2 * span.startMs - span.endMs, endMs: span.startMs };
  const buckets = bucketsOf(one, before, bucket);
  const reachedMs = before.startMs + Math.min(fixtureNowMs, span.endMs) - span.startMs;
  const toDate = buckets.findLast(({ endMs }) => endMs <= reachedMs)?.cumulative ?? null;
  return {
    range: before,
    buckets,
    total: buckets.at(-1)?.cumulative ?? null,
    toDate,
    changeRatio: toDate === null || Number(toDate) === 0 ? null : now / Number(toDate) - 1,
  };
}
