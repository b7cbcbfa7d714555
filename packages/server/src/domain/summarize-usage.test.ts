import { describe, expect, it } from 'vitest';
import type { RawPrice, RawTier } from '../gateway.ts';
import {
  exampleDocument,
  exampleLine,
  exampleMeter,
  examplePrice,
  exampleSubscription,
} from '../testing/example-world.ts';
import { findBillingItems } from './billed-parts.ts';
import { describeMeters } from './describe-meters.ts';
import type { MeterForecast } from './forecast-meter.ts';
import { includedQuantity, judgeIncluded, judgeLimit, summarizeMeter } from './summarize-usage.ts';

const price = (tiers: RawTier[]): RawPrice =>
  examplePrice({ tiers, tiersMode: 'graduated', unitAmountMinor: null });
const tier = (upTo: string | null, unitAmountMinor: string, flatAmountMinor = '0'): RawTier => ({
  upTo,
  unitAmountMinor,
  flatAmountMinor,
});

describe('includedQuantity', () => {
  it.each([
    ['no tiers', [], null],
    ['a free first tier', [tier('1000', '0'), tier(null, '2')], '1000'],
    ['two free tiers', [tier('10', '0'), tier('1000', '0.0'), tier(null, '2')], '1000'],
    ['a first tier with a flat fee', [tier('1000', '0', '500'), tier(null, '2')], null],
    ['a paid first tier', [tier('1000', '1'), tier(null, '0')], null],
    ['everything free', [tier(null, '0')], null],
  ])('of %s', (_, tiers, included) => {
    expect(includedQuantity(price(tiers))).toBe(included);
  });

  it('is nothing in volume tiers, which price all of it beyond the first', () => {
    const volume = { ...price([tier('1000', '0'), tier(null, '2')]), tiersMode: 'volume' as const };
    expect(includedQuantity(volume)).toBe(null);
  });
});

describe('judgeLimit and judgeIncluded', () => {
  it.each([
    ['79.999999999999999', 'ok', 'ok'],
    ['80', 'near', 'near'],
    ['99.999999999999999', 'near', 'near'],
    ['100', 'over', 'near'],
    ['100.000000000000001', 'over', 'over'],
    ['250', 'over', 'over'],
    ['0', 'ok', 'ok'],
    [null, 'ok', 'ok'],
  ] as const)('%s of a limit of 100 is %s, of 100 included %s', (total, ofLimit, ofIncluded) => {
    expect([judgeLimit(total, '100'), judgeIncluded(total, '100')]).toEqual([ofLimit, ofIncluded]);
  });

  it('nothing included is nothing to be over', () => {
    expect(judgeIncluded('250', null)).toBe('ok');
  });
});

describe('summarizeMeter', () => {
  const [shown] = describeMeters([exampleMeter()], []);
  if (!shown) throw new Error('the example meter is shown');
  const subscriptions = [exampleSubscription()];
  const billing = findBillingItems(subscriptions, 'mtr_requests');
  const summary = (known: Partial<Parameters<typeof summarizeMeter>[0]> = {}) =>
    summarizeMeter({
      shown,
      total: '900',
      days: ['900'],
      toDate: '600',
      forecast: { kind: 'unavailable', reason: 'too_little_data' },
      billing,
      price: price([]),
      previews: [],
      ...known,
    });

  it("measures against the host's limit before what is included", () => {
    const tiers = price([tier('1000', '0'), tier(null, '2')]);
    expect(summary({ price: tiers })).toMatchObject({ included: '1000', usedRatio: 0.9, status: 'near' });
    const limited = { ...shown, limit: '600' };
    expect(summary({ price: tiers, shown: limited })).toMatchObject({ usedRatio: 1.5, status: 'over' });
  });

  it('costs what the preview bills for the meter, all tiers and former prices together', () => {
    const preview = exampleDocument('preview', [
      exampleLine(0),
      exampleLine(120),
      exampleLine(30, { priceId: 'price_before_the_change' }),
      exampleLine(55, { priceId: 'price_other', meterId: 'mtr_other' }),
      exampleLine(999, { meterId: null, priceId: 'price_seats' }),
    ]);
    expect(summary({ previews: [preview] }).costs).toEqual([{ amountMinor: 150, currency: 'usd' }]);
  });

  it('costs something in each currency that bills it, the first one first', () => {
    const second = exampleSubscription({ subscriptionId: 'sub_2', currency: 'eur' });
    const both = findBillingItems([...subscriptions, second], 'mtr_requests');
    const previews = [
      { ...exampleDocument('eur', [exampleLine(70)]), subscriptionId: 'sub_2', currency: 'eur' },
      exampleDocument('usd', [exampleLine(120)]),
    ];
    const [eur, usd] = [
      { amountMinor: 70, currency: 'eur' },
      { amountMinor: 120, currency: 'usd' },
    ];
    expect(summary({ billing: both, previews }).costs).toEqual([usd, eur]);
    expect(summary({ billing: both, previews: previews.slice(0, 1) }).costs).toEqual([eur]);
  });

  it('has no cost and no period where nothing bills it, and no invented zero', () => {
    expect(summary({ billing: [], price: null, total: null })).toMatchObject({
      period: null,
      total: null,
      costs: [],
      usedRatio: null,
      status: 'ok',
    });
    expect(summary({ previews: [] }).costs).toEqual([]);
  });

  it('compares with the same time of the period before, exactly', () => {
    expect(summary().previous).toEqual({ toDate: '600', changeRatio: 0.5 });
    expect(summary({ toDate: '0' }).previous).toEqual({ toDate: '0', changeRatio: null });
    expect(summary({ toDate: null }).previous).toEqual({ toDate: null, changeRatio: null });
    expect(summary({ total: null }).previous?.changeRatio).toBe(null);
    expect(summary({ total: '0.3', toDate: '0.1' }).previous?.changeRatio).toBe(2);
  });

  const at = (iso: string) => Date.parse(iso);
  const point = (atMs: number, expected: string) => ({ atMs, expected, low: expected, high: expected });
  const forecast: MeterForecast = {
    kind: 'forecast',
    total: { low: '1900', mid: '1900', high: '1900' },
    basedOnDays: 10,
    path: [point(at('2026-03-15T12:00Z'), '900'), point(at('2026-03-25T12:00Z'), '1900')],
  };

  it('tells when the limit is reached, and that it is', () => {
    const expected = { kind: 'expected', atMs: at('2026-03-16T12:00Z') };
    expect(summary({ forecast, shown: { ...shown, limit: '1000' } }).limitCrossing).toMatchObject(expected);
    expect(summary({ forecast, shown: { ...shown, limit: '900' } }).limitCrossing).toEqual({
      kind: 'crossed',
    });
    expect(summary({ forecast, shown: { ...shown, limit: '5000' } }).limitCrossing).toEqual({
      kind: 'not_in_period',
      earliestMs: null,
    });
    expect(summary({ shown: { ...shown, limit: '1000' } }).limitCrossing).toEqual({
      kind: 'unknown',
      reason: 'too_little_data',
    });
    expect(summary({ forecast }).limitCrossing).toBe(null);
  });

  it('tells when the next tier begins, counted from the last change of the price', () => {
    const tiers = price([tier('1000', '0'), tier(null, '2')]);
    expect(summary({ forecast, price: tiers }).nextTier).toEqual({
      fromQuantity: '1000',
      crossing: expect.objectContaining({ kind: 'expected', atMs: at('2026-03-16T12:00Z') }),
    });
    const changedAtMs = at('2026-03-10T00:00Z');
    const [before, after] = [
      { startMs: at('2026-03-01T00:00Z'), endMs: changedAtMs },
      { startMs: changedAtMs, endMs: at('2026-04-01T00:00Z') },
    ];
    const preview = exampleDocument('preview', [
      exampleLine(500, { priceId: 'price_before_the_change', period: before, quantity: '500' }),
      exampleLine(0, { period: after, quantity: '400' }),
    ]);
    expect(summary({ forecast, price: tiers, previews: [preview] }).nextTier).toEqual({
      fromQuantity: '1000',
      crossing: expect.objectContaining({ kind: 'expected', atMs: at('2026-03-21T12:00Z') }),
    });
    expect(summary({ forecast }).nextTier).toBe(null);
    expect(summary({ forecast, price: tiers, total: '1500' }).nextTier).toBe(null);
  });

  it('has not begun the next tier with the last unit of one: its bound is inclusive', () => {
    const tiers = price([tier('900', '0'), tier(null, '2')]);
    const atBound = summary({ forecast, price: tiers });
    expect(atBound).toMatchObject({ total: '900', status: 'near', usedRatio: 1 });
    expect(atBound.nextTier).toEqual({
      fromQuantity: '900',
      crossing: expect.objectContaining({ kind: 'expected', atMs: at('2026-03-15T12:00Z') }),
    });
    const path = [point(at('2026-03-15T12:00Z'), '900'), point(at('2026-03-25T12:00Z'), '900')];
    const quiet: MeterForecast = { ...forecast, path };
    expect(summary({ forecast: quiet, price: tiers }).nextTier?.crossing.kind).toBe('not_in_period');
    expect(summary({ forecast, price: tiers, total: '901' })).toMatchObject({
      status: 'over',
      nextTier: null,
    });
  });

  it('is billed by live subscriptions only', () => {
    expect(findBillingItems([exampleSubscription({ live: false })], 'mtr_requests')).toEqual([]);
  });
});

describe('describeMeters', () => {
  const raw = [
    exampleMeter({ meterId: 'b', eventName: 'b', displayName: 'Beta' }),
    exampleMeter({ meterId: 'a', eventName: 'a', displayName: 'Alpha' }),
    exampleMeter({ meterId: 'r', eventName: 'r', active: false }),
    exampleMeter({ meterId: 'x', eventName: 'x', displayName: 'Xi', active: false }),
    exampleMeter({ meterId: 'z', eventName: 'z', displayName: 'Zeta' }),
    exampleMeter({ meterId: 'o', eventName: 'o', aggregation: 'other' }),
    exampleMeter({ meterId: 'h', eventName: 'h' }),
  ];

  it('keeps the order of the settings, then orders by label; hides what is hidden, unknown, or retired and not named', () => {
    const shown = describeMeters(raw, [
      { eventName: 'z', label: 'Zed', unit: 'zeds', limit: '5' },
      { eventName: 'h', hidden: true },
      { eventName: 'b' },
      { eventName: 'x' },
    ]);
    expect(shown.map(({ meter }) => [meter.label, meter.unit, meter.status])).toEqual([
      ['Zed', 'zeds', 'active'],
      ['Beta', null, 'active'],
      ['Xi', null, 'inactive'],
      ['Alpha', null, 'active'],
    ]);
    expect(shown[0]?.limit).toBe('5');
  });
});
