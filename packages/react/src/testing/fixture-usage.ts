import type { Meter, MeterSeries, MeterUsage, UsageBucket, UsageForecast } from '@meterboard/contract';
import { dayMs, fixtureNowMs, fixturePeriod, usd } from './fixture-clock.ts';

const { startMs } = fixturePeriod;

const apiRequests: Meter = {
  eventName: 'api_requests',
  label: 'API requests',
  unit: 'requests',
  aggregation: 'count',
  status: 'active',
};
const tokens: Meter = {
  eventName: 'tokens_used',
  label: 'Tokens',
  unit: 'tokens',
  aggregation: 'sum',
  status: 'active',
};
const storage: Meter = {
  eventName: 'storage_gb',
  label: 'Storage',
  unit: 'GB',
  aggregation: 'last',
  status: 'active',
};

/** Three meters, one of each aggregation. */
export const fixtureMeters: Meter[] = [apiRequests, tokens, storage];

/** A weekly rhythm with a slow rise and a fixed jitter; whole numbers. Days before the period are negative. */
function dailyQuantity(day: number): number {
  const jitter = (((day * 7919) % 83) + 83) % 83;
  return 620 + Math.round(90 * Math.sin((day / 7) * 2 * Math.PI)) + jitter + day * 3;
}

const today = 21;
const periodDays = 30;
const requestsOn = (day: number) => (day === today ? Math.round(dailyQuantity(day) / 2) : dailyQuantity(day));
const tokensOn = (day: number) => requestsOn(day) * 733;
const storageOn = (day: number) => 31 + Math.floor(day / 6) * 2;

/** What a meter of the fixtures measured on a day, counted from the start of the period. */
export function fixtureDay({ eventName }: Meter, day: number): number {
  return eventName === storage.eventName
    ? storageOn(day)
    : eventName === tokens.eventName
      ? tokensOn(day)
      : requestsOn(day);
}

/** Days of the fixture, `[from, to)` counted from the start of the period, added up as they go. */
export function fixtureDays(meter: Meter, from: number, to: number): UsageBucket[] {
  const isLevel = meter.aggregation === 'last';
  let sum = 0;
  return Array.from({ length: to - from }, (_, index) => {
    const day = from + index;
    const bucketStartMs = startMs + day * dayMs;
    const isFuture = bucketStartMs > fixtureNowMs;
    const quantity = fixtureDay(meter, day);
    sum += isFuture ? 0 : quantity;
    return {
      startMs: bucketStartMs,
      endMs: bucketStartMs + dayMs,
      quantity: isFuture ? null : String(quantity),
      cumulative: isFuture || isLevel ? null : String(sum),
      carriedForward: isLevel && !isFuture && day % 6 === 4,
      partial: false,
      provisional: !isFuture && bucketStartMs + dayMs > fixtureNowMs,
    };
  });
}

/** The sum of the known days, for fixtures whose total is their sum. */
function sumOf(quantityOf: (day: number) => number, count = today + 1, from = 0): number {
  return Array.from({ length: count }, (_, day) => quantityOf(from + day)).reduce((sum, one) => sum + one, 0);
}

/** 30 days before, whose pace was a ninth lower. */
function previousOf(meter: Meter): MeterSeries['previous'] {
  const buckets = fixtureDays(meter, -periodDays, 0);
  const half = fixtureDay(meter, -periodDays + today) / 2;
  const toDate =
    meter.aggregation === 'last'
      ? fixtureDay(meter, -periodDays + today)
      : sumOf((day) => fixtureDay(meter, day), today, -periodDays) + half;
  const now = meter.aggregation === 'last' ? storageOn(today) : sumOf((day) => fixtureDay(meter, day));
  return {
    range: { startMs: startMs - periodDays * dayMs, endMs: startMs },
    buckets,
    total:
      meter.aggregation === 'last'
        ? (buckets.at(-1)?.quantity ?? null)
        : (buckets.at(-1)?.cumulative ?? null),
    toDate: String(toDate),
    changeRatio: now / toDate - 1,
  };
}

/** To the end of the period, its band opening as time goes on. */
function forecastOf(meter: Meter): MeterSeries['forecast'] {
  if (meter.aggregation === 'last') return { kind: 'unavailable', reason: 'not_forecastable' };
  const used = sumOf((day) => fixtureDay(meter, day), today);
  let [low, mid, high] = [used, used, used];
  const unit = meter === tokens ? 733 : 1;
  const buckets: UsageForecast['buckets'] = Array.from({ length: periodDays - today }, (_, ahead) => {
    const day = today + ahead;
    const expected = dailyQuantity(day) * unit;
    low += Math.round(expected * 0.84);
    mid += expected;
    high += Math.round(expected * 1.18);
    return {
      startMs: startMs + day * dayMs,
      endMs: startMs + (day + 1) * dayMs,
      cumulative: { low: String(low), mid: String(mid), high: String(high) },
    };
  });
  return {
    kind: 'forecast',
    total: { low: String(low), mid: String(mid), high: String(high) },
    buckets,
    basedOnDays: periodDays + today,
  };
}

function series(meter: Meter, rest: Partial<MeterSeries> = {}): MeterSeries {
  const buckets = fixtureDays(meter, 0, periodDays);
  const last = buckets[today];
  return {
    meter,
    range: { kind: 'period', ...fixturePeriod, widened: false, requested: fixturePeriod },
    buckets,
    total: (meter.aggregation === 'last' ? last?.quantity : last?.cumulative) ?? null,
    limit: null,
    included: null,
    isClosed: false,
    changes: [],
    previous: previousOf(meter),
    forecast: forecastOf(meter),
    ...rest,
  };
}

/** This period by day: a count, a sum, and a level that keeps its value on quiet days; with all that can be asked along. */
export const fixtureSeries: MeterSeries[] = [
  series(apiRequests, {
    included: '20000',
    changes: [{ atMs: startMs + 9 * dayMs, label: 'Pro 2026' }],
  }),
  series(tokens, { included: '10000000' }),
  series(storage, { limit: '100' }),
];

function usageOf(meter: Meter, rest: Partial<MeterUsage>): MeterUsage {
  const one = fixtureSeries.find((other) => other.meter === meter);
  const { forecast, previous } = one ?? {};
  return {
    meter,
    period: fixturePeriod,
    total: one?.total ?? null,
    included: null,
    limit: null,
    usedRatio: null,
    status: 'ok',
    costs: [],
    days: one?.buckets.slice(0, today + 1).map(({ quantity }) => quantity) ?? [],
    previous: previous ? { toDate: previous.toDate, changeRatio: previous.changeRatio } : null,
    forecast:
      forecast?.kind === 'forecast'
        ? { kind: 'forecast', total: forecast.total, basedOnDays: forecast.basedOnDays }
        : (forecast ?? { kind: 'unavailable', reason: 'not_forecastable' }),
    limitCrossing: null,
    nextTier: null,
    ...rest,
  };
}

/** One meter within its plan, one beyond it, one level against a limit. */
export const fixtureUsage: MeterUsage[] = [
  usageOf(apiRequests, {
    included: '20000',
    usedRatio: sumOf(requestsOn) / 20_000,
    costs: [usd(3120)],
    nextTier: {
      fromQuantity: '20000',
      crossing: {
        kind: 'expected',
        atMs: startMs + 28 * dayMs + dayMs / 2,
        earliestMs: startMs + 27 * dayMs,
        latestMs: null,
      },
    },
  }),
  usageOf(tokens, {
    included: '10000000',
    usedRatio: sumOf(tokensOn) / 10_000_000,
    status: 'over',
    costs: [usd(1528)],
  }),
  usageOf(storage, {
    limit: '100',
    usedRatio: storageOn(today) / 100,
    limitCrossing: { kind: 'unknown', reason: 'not_forecastable' },
  }),
];
