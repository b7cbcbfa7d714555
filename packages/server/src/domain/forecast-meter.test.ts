import { describe, expect, it } from 'vitest';
import { tileBuckets } from './buckets.ts';
import {
  crossingOf,
  forecastAlong,
  forecastHistory,
  forecastMeter,
  type MeterForecastSources,
} from './forecast-meter.ts';
import { dayMs } from './time-units.ts';

const at = (iso: string) => Date.parse(iso);
const nowMs = at('2026-03-15T12:00Z');
const range = { startMs: at('2026-03-01T00:00Z'), endMs: at('2026-04-01T00:00Z') };

/** So much on each of the last days before today, nothing before them. */
function sources(days: number, known: Partial<MeterForecastSources> = {}): MeterForecastSources {
  const history = forecastHistory(nowMs).map((day, index, all) => ({
    ...day,
    quantity: all.length - index <= days ? '24' : '0',
    provisional: false,
  }));
  return { aggregation: 'sum', range, nowMs, history, beganAtMs: range.startMs, total: '348', ...known };
}

describe('forecastHistory', () => {
  it('is 27 whole days of UTC that are over', () => {
    const history = forecastHistory(nowMs);
    expect([history.length, history.at(-1)?.endMs]).toEqual([27, at('2026-03-15T00:00Z')]);
    expect(history.every(({ startMs, endMs }) => endMs - startMs === dayMs)).toBe(true);
  });
});

describe('forecastMeter', () => {
  it('goes on as it was', () => {
    const forecast = forecastMeter(sources(27));
    expect(forecast).toMatchObject({
      kind: 'forecast',
      total: { mid: String(348 + 24 * 16.5) },
      basedOnDays: 27,
    });
  });

  it.each([
    ['of two days of usage', sources(2), 'too_little_data'],
    [
      'of a customer of today, whose four weeks before are no weeks without usage',
      sources(0, { beganAtMs: nowMs - 1 }),
      'too_little_data',
    ],
    ['of what nothing bills and nobody used', sources(0, { beganAtMs: null }), 'too_little_data'],
    ['of a level', sources(27, { aggregation: 'last' }), 'not_forecastable'],
    ['of a range that is over', sources(27, { range: { ...range, endMs: nowMs } }), 'ended'],
    [
      'of a range ahead',
      sources(27, { range: { startMs: nowMs + 1, endMs: nowMs + dayMs } }),
      'not_forecastable',
    ],
    ['without a total', sources(27, { total: null }), 'not_forecastable'],
  ])('%s is not there', (_, asked, reason) => {
    expect(forecastMeter(asked)).toEqual({ kind: 'unavailable', reason });
  });

  it('of someone who has not used it for weeks is no usage', () => {
    const forecast = forecastMeter(sources(0, { total: '0' }));
    expect(forecast).toMatchObject({ kind: 'forecast', total: { low: '0', mid: '0', high: '0' } });
  });
});

describe('forecastAlong', () => {
  it.each(['hour', 'day', 'week', 'month'] as const)('ends where the card ends, by the %s', (unit) => {
    const asked = sources(27);
    const forecast = forecastMeter(asked);
    const buckets = tileBuckets(range, unit, 'Asia/Kolkata').map((bucket) => ({
      ...bucket,
      quantity: null,
      cumulative: null,
      carriedForward: false,
      provisional: false,
    }));
    const along = forecastAlong(forecast, asked, buckets);
    if (along.kind !== 'forecast' || forecast.kind !== 'forecast') throw new Error('there is a forecast');
    expect(along.total).toEqual(forecast.total);
    expect(along.buckets.at(-1)).toMatchObject({ endMs: range.endMs, cumulative: forecast.total });
    const first = along.buckets[0];
    expect(first && first.startMs <= nowMs && first.endMs > nowMs).toBe(true);
    const mids = along.buckets.map(({ cumulative }) => Number(cumulative.mid));
    expect(mids.every((mid, index) => mid >= (mids[index - 1] ?? 348))).toBe(true);
  });
});

describe('crossingOf', () => {
  const forecast = forecastMeter(sources(27));
  it.each([
    ['348', { kind: 'crossed' }],
    ['348.000000000000001', { kind: 'expected' }],
    ['372', { kind: 'expected', atMs: nowMs + dayMs }],
    ['5000', { kind: 'not_in_period', earliestMs: null }],
  ])('of %s', (quantity, expected) => {
    expect(crossingOf(quantity, '348', forecast, 'reached')).toMatchObject(expected);
  });

  it('of a bound that is inclusive happens above it', () => {
    expect(crossingOf('348', '348', forecast, 'exceeded')).toMatchObject({ kind: 'expected', atMs: nowMs });
    expect(crossingOf('347.999999999999999', '348', forecast, 'exceeded')).toEqual({ kind: 'crossed' });
    const idle = forecastMeter(sources(0, { total: '348' }));
    expect(crossingOf('348', '348', idle, 'exceeded')).toMatchObject({ kind: 'not_in_period' });
    expect(crossingOf('348', '348', idle, 'reached')).toEqual({ kind: 'crossed' });
  });

  it('keeps the fast end of the band where only that end reaches it in the period', () => {
    const at = (day: number) => Date.UTC(2026, 10, day);
    const path = [
      { atMs: at(20), expected: '50', low: '50', high: '50' },
      { atMs: at(30), expected: '98', low: '80', high: '150' },
    ];
    const banded = {
      kind: 'forecast',
      basedOnDays: 10,
      total: { low: '80', mid: '98', high: '150' },
      path,
    } as const;
    const crossing = (quantity: string) => crossingOf(quantity, '50', banded, 'reached');
    expect(crossing('100')).toEqual({ kind: 'not_in_period', earliestMs: at(25) });
    expect(crossing('151')).toEqual({ kind: 'not_in_period', earliestMs: null });
    expect(crossing('90')).toMatchObject({ kind: 'expected', earliestMs: at(24), latestMs: null });
  });

  it('is not known without a forecast, unless it has happened', () => {
    const none = { kind: 'unavailable', reason: 'too_little_data' } as const;
    expect(crossingOf('10', '348', none, 'reached')).toEqual({ kind: 'crossed' });
    expect(crossingOf('1000', '348', none, 'reached')).toEqual({
      kind: 'unknown',
      reason: 'too_little_data',
    });
    expect(crossingOf('1000', null, none, 'reached')).toEqual({ kind: 'unknown', reason: 'too_little_data' });
  });
});
