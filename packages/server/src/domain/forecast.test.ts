import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ForecastBucket, type ForecastSources, forecastUsage, type UsageForecast } from './forecast.ts';
import { dayMs, hourMs } from './time-units.ts';

/** A Monday. */
const startMs = Date.UTC(2026, 8, 7);
const period = { startMs, endMs: startMs + 28 * dayMs };

/** Buckets of `stepMs` from `fromDay` to `toDay` of the period (negative: before it). */
function series(
  fromDay: number,
  toDay: number,
  quantityOf: (atMs: number) => number | null,
  stepMs = hourMs,
): ForecastBucket[] {
  const count = Math.round(((toDay - fromDay) * dayMs) / stepMs);
  return Array.from({ length: count }, (_, index) => {
    const atMs = startMs + fromDay * dayMs + index * stepMs;
    const quantity = quantityOf(atMs);
    return {
      startMs: atMs,
      endMs: atMs + stepMs,
      quantity: quantity === null ? null : String(quantity),
      provisional: false,
    };
  });
}

const sources = (buckets: ForecastBucket[], nowDay: number, more: Partial<ForecastSources> = {}) => ({
  aggregation: 'sum' as const,
  period,
  nowMs: startMs + nowDay * dayMs,
  buckets,
  timeZone: 'UTC',
  used: null,
  ...more,
});

function known(given: ForecastSources): UsageForecast {
  const { forecast, reason } = forecastUsage(given);
  if (forecast === null) throw new Error(`There is no forecast: ${reason}`);
  return forecast;
}

/** Units per hour: eight busy hours from Monday to Friday, none at weekends. */
const office = (atMs: number) => {
  const hour = new Date(atMs).getUTCHours();
  const isWeekday = ![0, 6].includes(new Date(atMs).getUTCDay());
  return isWeekday && hour >= 9 && hour < 17 ? 100 : 0;
};
/** The same for the same instant, and spread around 0. */
const noise = (atMs: number) => (((atMs / hourMs) * 7_919) % 101) / 101 - 0.5;

describe('whether there is a forecast', () => {
  it.each([
    ['two days', 2, 'too_little_data'],
    ['an hour less than three days', 3 - 1 / 24, 'too_little_data'],
    ['three days', 3, null],
  ])('S2-19: with fewer than 3 days of data there is no forecast: %s', (_, days, reason) => {
    expect(
      forecastUsage(
        sources(
          series(0, days, () => 5),
          days,
        ),
      ).reason,
    ).toBe(reason);
  });

  it('counts settled and known usage only, from the first day with usage on', () => {
    const reasonOf = (buckets: ForecastBucket[]) => forecastUsage(sources(buckets, 3)).reason;
    const hours = series(0, 3, () => 5);
    expect(reasonOf(hours.with(70, { ...hours[70], provisional: true } as ForecastBucket))).toBe(
      'too_little_data',
    );
    expect(reasonOf(hours.with(5, { ...hours[5], quantity: null } as ForecastBucket))).toBe(
      'too_little_data',
    );
    expect(reasonOf(series(-20, 3, (atMs) => (atMs < startMs + dayMs ? 0 : 5)))).toBe('too_little_data');
    expect(reasonOf(series(-20, 3, () => 0))).toBe(null);
  });

  it.each([
    ['a level', { aggregation: 'last' }, 'not_cumulative'],
    ['before the period', { nowMs: startMs - 1 }, 'not_in_period'],
    ['at its end', { nowMs: period.endMs }, 'not_in_period'],
  ] as const)('is none for %s', (_, more, reason) => {
    expect(
      forecastUsage(
        sources(
          series(-10, 3, () => 5),
          3,
          more,
        ),
      ),
    ).toEqual({ forecast: null, reason });
  });
});

describe('what the period will come to', () => {
  it.each([
    [5, 0.07],
    [20, 0.02],
  ])('steady usage goes on; after %d days the band allows for growth of a few percent', (nowDay, most) => {
    const { atEnd, used } = known(
      sources(
        series(0, nowDay, () => 5),
        nowDay,
      ),
    );
    const whole = 28 * 24 * 5;
    expect(used).toBe(String(nowDay * 24 * 5));
    expect(Number(atEnd.expected)).toBe(whole);
    expect(Number(atEnd.low)).toBeGreaterThan(whole * (1 - most));
    expect(Number(atEnd.high)).toBeLessThan(whole * (1 + most));
  });

  it('knows nights and weekends: on a Friday evening after two weeks it adds none for the weekend', () => {
    const nowDay = 11.75;
    const { path, atEnd } = known(sources(series(-14, nowDay, office), nowDay));
    const monday = path.findLast(({ atMs }) => atMs <= startMs + 14 * dayMs);
    expect(Number(monday?.expected)).toBeGreaterThanOrEqual(8_000);
    expect(Number(monday?.expected)).toBeLessThan(8_400);
    const runRate = (8_000 / nowDay) * 28;
    expect(Math.abs(Number(atEnd.expected) - 16_000)).toBeLessThan(Math.abs(runRate - 16_000) / 2);
  });

  it.each([
    ['hours', hourMs, 28 * 24 - 6 * 24],
    ['days', dayMs, 28 - 6],
  ])('continues by %s, from what is used to the end of the period', (_, stepMs, points) => {
    const { path, used, atEnd } = known(
      sources(
        series(-8, 6, (atMs) => 50 + Math.round(9 * noise(atMs)), stepMs),
        6,
      ),
    );
    expect(path).toHaveLength(points + 1);
    expect(path[0]).toEqual({ atMs: startMs + 6 * dayMs, expected: used, low: used, high: used });
    expect(path.at(-1)).toEqual(atEnd);
    expect(atEnd.atMs).toBe(period.endMs);
  });

  it('keeps the edges of buckets ahead', () => {
    const buckets = [...series(-8, 6, () => 5), ...series(6, 28, () => null, dayMs)];
    const { path } = known(sources(buckets, 6));
    expect(path.map(({ atMs }) => (atMs - startMs) / dayMs)).toEqual(
      Array.from({ length: 23 }, (_, day) => 6 + day),
    );
  });

  it('takes a missing day for a usual one, not for zero, unless the total is known', () => {
    const gap = (atMs: number) => (atMs >= startMs + 2 * dayMs && atMs < startMs + 3 * dayMs ? null : 10);
    const buckets = series(-10, 6, gap);
    const { used, atEnd } = known(sources(buckets, 6));
    expect(used).toBe('1200');
    expect(Number(atEnd.expected)).toBeCloseTo(28 * 240, -1);
    const told = known(sources(buckets, 6, { used: '1300' }));
    expect(told.path[0]).toMatchObject({ expected: '1300', low: '1300', high: '1300' });
    expect(Number(told.atEnd.expected)).toBeCloseTo(1_300 + 22 * 240, -1);
  });

  it('learns nothing from a provisional tail, but counts it', () => {
    const hours = series(-10, 6, () => 10);
    const tail = hours.map((bucket, index) =>
      index < hours.length - 3 ? bucket : { ...bucket, quantity: '1', provisional: true },
    );
    const { used, atEnd } = known(sources(tail, 6));
    expect(used).toBe('1413');
    expect(atEnd.expected).toBe(String(1_413 + 22 * 240));
  });

  it.each([
    ['Pacific/Auckland', 12],
    ['America/Los_Angeles', -7],
  ])('knows the weekend of %s from daily buckets', (timeZone, offsetHours) => {
    const local = (atMs: number) => new Date(atMs + offsetHours * hourMs).getUTCDay();
    const days = series(
      -20 - offsetHours / 24,
      11 - offsetHours / 24,
      (atMs) => ([0, 6].includes(local(atMs)) ? 0 : 100),
      dayMs,
    );
    const nowDay = 11 - offsetHours / 24;
    const { path } = known(sources(days, nowDay, { timeZone }));
    const steps = path
      .slice(1)
      .map(({ expected }, index) => Number(expected) - Number(path[index]?.expected));
    expect(steps.slice(0, 4).map((step) => step > 50)).toEqual([true, false, false, true]);
  });

  it('counts a bucket across the start of the period as missing, unless the total is known', () => {
    const late = { startMs: startMs + hourMs / 2, endMs: period.endMs };
    const { used, path } = known(
      sources(
        series(-5, 6, () => 10),
        6,
        { period: late },
      ),
    );
    expect([used, path[0]?.expected]).toEqual(['1430', '1435']);
  });

  it('forgets what is older than four weeks', () => {
    const nowDay = 6;
    const old = (atMs: number) => (atMs < startMs + (nowDay - 28) * dayMs ? 1_000 : 10);
    expect(known(sources(series(-40, nowDay, old), nowDay)).atEnd.expected).toBe(String(28 * 240));
    expect(known(sources(series(-40, nowDay, old), nowDay)).basedOnDays).toBe(28);
  });

  it('is nothing where nothing was used', () => {
    expect(
      known(
        sources(
          series(-5, 6, () => 0),
          6,
        ),
      ).atEnd,
    ).toMatchObject({ expected: '0', low: '0', high: '0' });
  });

  it('keeps parts of units only where there are some', () => {
    const { atEnd } = known(
      sources(
        series(-5, 6, () => 0.125),
        6,
      ),
    );
    expect(atEnd.expected).toBe('84');
    expect(
      known(
        sources(
          series(-5, 6, (atMs) => 2 + noise(atMs)),
          6,
        ),
      ).atEnd.expected,
    ).toContain('.');
    const whole = known(
      sources(
        series(-5, 6, (atMs) => Math.round(20 * (1 + noise(atMs)))),
        6,
      ),
    ).atEnd;
    expect(`${whole.expected} ${whole.low} ${whole.high}`).toMatch(/^\d+ \d+ \d+$/);
  });
});

describe('for any usage', () => {
  const usage = fc.array(fc.option(fc.integer({ min: 0, max: 5_000 }), { nil: null }), {
    minLength: 24 * 4,
    maxLength: 24 * 30,
  });

  it('the band holds the expectation, nothing falls, and the same input gives the same answer', () => {
    fc.assert(
      fc.property(usage, fc.integer({ min: 1, max: 27 * 24 }), (quantities, nowHour) => {
        const from = nowHour / 24 - quantities.length / 24;
        const buckets = series(from, nowHour / 24, (atMs) => {
          return quantities[Math.round((atMs - startMs) / hourMs - from * 24)] ?? null;
        });
        const given = sources(buckets, nowHour / 24);
        const { forecast } = forecastUsage(given);
        if (forecast === null) return;
        let before = {
          expected: Number(forecast.used),
          low: Number(forecast.used),
          high: Number(forecast.used),
        };
        for (const point of forecast.path) {
          const now = { expected: Number(point.expected), low: Number(point.low), high: Number(point.high) };
          expect(now.low).toBeLessThanOrEqual(now.expected);
          expect(now.expected).toBeLessThanOrEqual(now.high);
          for (const side of ['expected', 'low', 'high'] as const) {
            expect(now[side]).toBeGreaterThanOrEqual(before[side]);
          }
          before = now;
        }
        expect(forecastUsage(given).forecast).toEqual(forecast);
      }),
      { numRuns: 60 },
    );
  });

  it('scales with the usage', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 50 }), (factor) => {
        const endOf = (scale: number) =>
          known(
            sources(
              series(-9, 5, (atMs) => scale * Math.round(100 * (1 + noise(atMs)))),
              5,
            ),
          ).atEnd;
        const [one, many] = [endOf(1), endOf(factor)];
        expect(Number(many.expected) / factor).toBeCloseTo(Number(one.expected), -1);
        expect(Number(many.high) / factor).toBeCloseTo(Number(one.high), -1);
      }),
      { numRuns: 20 },
    );
  });
});
