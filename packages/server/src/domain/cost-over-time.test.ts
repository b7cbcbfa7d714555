import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costAlong, costByBucket, priceSegments } from './cost-over-time.ts';
import { addDecimals } from './decimal.ts';
import { amountOf, type PriceTerms } from './pricing.ts';

const perUnit = (unitAmountMinor: string): PriceTerms => ({
  tiers: [],
  tiersMode: null,
  unitAmountMinor,
  transformQuantity: null,
});
const graduated: PriceTerms = {
  tiers: [
    { upTo: '10', unitAmountMinor: '0', flatAmountMinor: '300' },
    { upTo: null, unitAmountMinor: '0.4', flatAmountMinor: '0' },
  ],
  tiersMode: 'graduated',
  unitAmountMinor: null,
  transformQuantity: null,
};
const volume: PriceTerms = {
  ...graduated,
  tiersMode: 'volume',
  tiers: [
    { upTo: '10', unitAmountMinor: '10', flatAmountMinor: '0' },
    { upTo: null, unitAmountMinor: '5', flatAmountMinor: '0' },
  ],
};
const unknown: PriceTerms = { ...graduated, tiersMode: null };

describe('the cost of each bucket', () => {
  it.each([
    ['a unit price: rounding is carried, not lost', perUnit('0.4'), ['1', '1', '1'], 'sum', [0, 1, 0], 0, 1],
    ['the free units first, the flat fee before all', graduated, ['8', '4', '5'], 'sum', [0, 1, 2], 300, 303],
    [
      'volume: reaching a cheaper tier costs less than nothing',
      volume,
      ['10', '2'],
      'sum',
      [100, -40],
      0,
      60,
    ],
    ['a missing bucket costs null, not nothing', perUnit('2'), ['1', null, '3'], 'count', [2, null, 6], 0, 8],
    [
      'a level: what it adds or takes off',
      perUnit('2'),
      ['5', null, '3', '4'],
      'last',
      [10, null, -4, 2],
      0,
      8,
    ],
    ['no bucket', graduated, [], 'sum', [], 300, 300],
  ] as const)('%s', (_, price, quantities, aggregation, stepsMinor, baseMinor, totalMinor) => {
    expect(costByBucket(price, quantities, aggregation)).toEqual({ baseMinor, stepsMinor, totalMinor });
  });

  it('is unknown where the price is', () => {
    expect(costByBucket(unknown, ['1'], 'sum')).toBe(null);
  });

  it('adds up exactly to the cost of all that is known', () => {
    const quantity = fc.integer({ min: 0, max: 9_999 }).map((units) => String(units / 100));
    fc.assert(
      fc.property(
        fc.constantFrom(graduated, volume, perUnit('0.123456789012')),
        fc.array(fc.option(quantity, { nil: null }), { maxLength: 40 }),
        (price, quantities) => {
          const { baseMinor, stepsMinor, totalMinor } = costByBucket(price, quantities, 'sum') ?? {
            baseMinor: Number.NaN,
            stepsMinor: [],
            totalMinor: 0,
          };
          const known = quantities.flatMap((each) => (each === null ? [] : [each]));
          expect(totalMinor).toBe(amountOf(price, addDecimals(known)));
          expect(stepsMinor.reduce<number>((sum, step) => sum + (step ?? 0), baseMinor)).toBe(totalMinor);
          expect(stepsMinor.map((step) => step === null)).toEqual(quantities.map((each) => each === null));
        },
      ),
    );
  });
});

describe('a price that changed within the period', () => {
  const segments = [
    { price: graduated, quantity: '12' },
    { price: perUnit('7'), quantity: '3' },
    { price: graduated, quantity: '15' },
  ];

  it.each([
    ['flexible', [301, 21, 302]],
    ['classic', [302]],
  ] as const)('%s mode bills %j', (mode, amounts) => {
    const priced = priceSegments(segments, mode);
    expect(priced?.segments.map(({ amountMinor }) => amountMinor)).toEqual(amounts);
    expect(priced?.amountMinor).toBe(amounts.reduce((sum, amount) => sum + amount, 0));
  });

  it('is nothing without segments, and unknown where one of those billed is', () => {
    expect(priceSegments([], 'flexible')).toEqual({ segments: [], amountMinor: 0 });
    const before = [{ price: unknown, quantity: '1' }, ...segments];
    expect(priceSegments(before, 'flexible')).toBe(null);
    expect(priceSegments(before, 'classic')?.amountMinor).toBe(302);
  });
});

describe('the cost of a forecast', () => {
  const point = (expected: string, low: string, high: string) => ({ atMs: 0, expected, low, high });

  it.each([
    [
      'each edge of the band at its own price',
      graduated,
      point('20', '15', '30'),
      { expected: 304, low: 302, high: 308 },
    ],
    ['nothing used yet', graduated, point('0', '0', '0'), { expected: 300, low: 300, high: 300 }],
    [
      'a jump of a volume price inside the band',
      volume,
      point('12', '8', '13'),
      { expected: 60, low: 50, high: 100 },
    ],
  ])('%s', (_, price, forecast, expected) => {
    expect(costAlong(price, [forecast])).toEqual([{ atMs: 0, ...expected }]);
  });

  it('is unknown where the price is', () => {
    expect(costAlong(unknown, [point('1', '1', '1')])).toBe(null);
  });

  it('keeps the order of the band', () => {
    const sorted = fc
      .tuple(fc.nat(400), fc.nat(400), fc.nat(400))
      .map((quantities) => quantities.toSorted((a, b) => a - b).map((units) => String(units / 10)));
    fc.assert(
      fc.property(
        fc.constantFrom(graduated, volume),
        sorted,
        (price, [low = '', expected = '', high = '']) => {
          const [cost] = costAlong(price, [point(expected, low, high)]) ?? [];
          expect(cost?.low).toBeLessThanOrEqual(cost?.expected ?? Number.NaN);
          expect(cost?.high).toBeGreaterThanOrEqual(cost?.expected ?? Number.NaN);
        },
      ),
    );
  });
});
