import { describe, expect, it } from 'vitest';
import type { RawPrice, RawTier } from '../gateway.ts';
import { exampleDocument, exampleLine, exampleMeter, exampleSubscription } from '../testing/example-world.ts';
import { describeMeters } from './describe-meters.ts';
import { findBillingItems, includedQuantity, judgeUsage, summarizeMeter } from './summarize-usage.ts';

const price = (tiers: RawTier[]): RawPrice => ({
  priceId: 'price_mtr_requests',
  currency: 'usd',
  meterId: 'mtr_requests',
  tiers,
  tiersMode: 'graduated',
  unitAmountMinor: null,
  transformQuantity: null,
});
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

describe('judgeUsage', () => {
  it.each([
    ['79.999999999999999', 'ok'],
    ['80', 'near'],
    ['99.999999999999999', 'near'],
    ['100', 'over'],
    ['250', 'over'],
    ['0', 'ok'],
    [null, 'ok'],
  ] as const)('%s of 100 is %s', (total, status) => {
    expect(judgeUsage(total, '100')).toBe(status);
  });
});

describe('summarizeMeter', () => {
  const [shown] = describeMeters([exampleMeter()], []);
  if (!shown) throw new Error('the example meter is shown');
  const subscriptions = [exampleSubscription()];
  const billing = findBillingItems(subscriptions, 'mtr_requests');
  const summary = (known: Partial<Parameters<typeof summarizeMeter>[0]> = {}) =>
    summarizeMeter({ shown, total: '900', billing, price: price([]), previews: [], ...known });

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
    expect(summary({ previews: [preview] }).cost).toEqual({ amountMinor: 150, currency: 'usd' });
  });

  it('has no cost and no period where nothing bills it, and no invented zero', () => {
    expect(summary({ billing: [], price: null, total: null })).toMatchObject({
      period: null,
      total: null,
      cost: null,
      usedRatio: null,
      status: 'ok',
    });
    expect(summary({ previews: [] }).cost).toBe(null);
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
