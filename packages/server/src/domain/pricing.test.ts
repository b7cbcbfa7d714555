import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RawTier } from '../gateway.ts';
import {
  amountOf,
  billableQuantity,
  linesOf,
  nextTier,
  type PricedQuantity,
  type PriceTerms,
  priceQuantity,
} from './pricing.ts';

const tier = (upTo: string | null, unitAmountMinor: string, flatAmountMinor = '0'): RawTier => ({
  upTo,
  unitAmountMinor,
  flatAmountMinor,
});
const perUnit = (
  unitAmountMinor: string,
  transformQuantity: PriceTerms['transformQuantity'] = null,
): PriceTerms => ({
  tiers: [],
  tiersMode: null,
  unitAmountMinor,
  transformQuantity,
});
const tiered = (tiersMode: 'graduated' | 'volume', ...tiers: RawTier[]): PriceTerms => ({
  tiers,
  tiersMode,
  unitAmountMinor: null,
  transformQuantity: null,
});
const packages = (round: 'down' | 'up', divideBy = 10) => perUnit('100', { divideBy, round });

function priced(price: PriceTerms, quantity: string): PricedQuantity {
  const found = priceQuantity(price, quantity);
  if (found === null) throw new Error('This price should be known.');
  return found;
}

const graduated = tiered('graduated', tier('1000', '0'), tier('2500', '0.8'), tier(null, '0.5'));
const fees = tiered('graduated', tier('10', '2', '500'), tier('20', '0', '0'), tier(null, '1', '0.5'));
const volume = tiered('volume', tier('5', '10'), tier('10', '7', '30'), tier(null, '6'));

describe('the amount of a quantity', () => {
  it.each([
    ['per unit', perUnit('5'), '3', 15],
    ['nothing used', perUnit('5'), '0', 0],
    ['a negative quantity bills nothing', perUnit('5'), '-3', 0],
    ['a part of a unit', perUnit('1000'), '0.3', 300],
    ['twelve decimals', perUnit('0.000000000123'), '999999999999', 123],
    ['half a minor unit goes up', perUnit('0.5'), '1', 1],
    ['less than half goes down', perUnit('0.499999999999'), '1', 0],
    ['what binary fractions would round down', perUnit('0.07'), '150', 11],
    ['begun packages', packages('up'), '21', 300],
    ['whole packages', packages('down'), '21', 200],
    ['a multiple is no more than it is', packages('up'), '20', 200],
    ['a trace of a package is begun', packages('up', 1_000_000_000), '0.000000000000001', 100],
    ['a trace too little is not whole', packages('down', 3), '2.99999999999999999999999', 0],
    ['graduated, in the free tier', graduated, '1000', 0],
    ['graduated, the first unit of a tier', graduated, '1001', 1],
    ['graduated, up to a bound', graduated, '2500', 1_200],
    ['graduated, all tiers', graduated, '2752.5', 1_326],
    ['a flat fee without usage', fees, '0', 500],
    ['no fee of a tier whose bound is only met', fees, '20', 20 + 500],
    ['fees of the tiers that are reached', fees, '21', 20 + 500 + 0 + 1 + 1],
    ['volume, up to the bound', volume, '5', 50],
    ['volume, all at the tier reached', volume, '6', 42 + 30],
    ['volume, cheaper for more', volume, '11', 66],
  ])('%s', (_, price, quantity, amountMinor) => {
    expect(amountOf(price, quantity)).toBe(amountMinor);
  });

  it.each([
    ['no amount at all', { ...perUnit('1'), unitAmountMinor: null }, '1'],
    ['an unknown rounding', perUnit('1', { divideBy: 2, round: 'other' }), '1'],
    ['an unknown way of tiers', { ...graduated, tiersMode: null }, '1'],
    [
      'tiers of packages, which cannot be',
      { ...graduated, transformQuantity: { divideBy: 2, round: 'up' } },
      '1',
    ],
    ['tiers that end', tiered('graduated', tier('10', '1')), '11'],
    ['volume tiers that end', tiered('volume', tier('10', '1')), '11'],
    ['more than a number holds', perUnit('999999999999'), '999999999999999'],
  ] as [string, PriceTerms, string][])('is unknown for %s', (_, price, quantity) => {
    expect(priceQuantity(price, quantity)).toBe(null);
  });
});

describe('tier by tier', () => {
  it('says what each tier holds and costs', () => {
    expect(priced(fees, '14.5')).toEqual({
      quantity: '14.5',
      amountMinor: 520,
      tiers: [
        {
          tierNumber: 1,
          fromQuantity: '0',
          toQuantity: '10',
          quantity: '10',
          packages: null,
          unitAmountMinor: '2',
          usageMinor: 20,
          flatAmountMinor: '500',
          flatMinor: 500,
          amountMinor: 520,
        },
        {
          tierNumber: 2,
          fromQuantity: '10',
          toQuantity: '14.5',
          quantity: '4.5',
          packages: null,
          unitAmountMinor: '0',
          usageMinor: 0,
          flatAmountMinor: null,
          flatMinor: 0,
          amountMinor: 0,
        },
      ],
    });
  });

  it('counts packages beside units', () => {
    expect(priced(packages('up'), '21').tiers).toMatchObject([
      { quantity: '21', packages: '3', usageMinor: 300 },
    ]);
  });

  it('turns into lines, flat fees after their tier', () => {
    expect(
      linesOf(priced(fees, '21')).map((line) => [
        line.tierNumber,
        line.flat,
        line.quantity,
        line.amountMinor,
      ]),
    ).toEqual([
      [1, false, '10', 20],
      [1, true, '1', 500],
      [2, false, '10', 0],
      [3, false, '1', 1],
      [3, true, '1', 1],
    ]);
  });

  it.each([
    ['0', '0'],
    ['100', '0'],
    ['130', '30'],
  ])('S3-6: an add-on with 100 included bills of %s units %s', (used, billable) => {
    const addOn = tiered('graduated', tier('100', '0'), tier(null, '25'));
    const cost = priced(addOn, used);
    expect(billableQuantity(cost)).toBe(billable);
    expect(cost.amountMinor).toBe(25 * Number(billable));
  });

  it('bills all of a volume tier, and none of a free one', () => {
    const free = tiered('volume', tier('100', '0'), tier(null, '25'));
    expect([billableQuantity(priced(free, '100')), billableQuantity(priced(free, '130'))]).toEqual([
      '0',
      '130',
    ]);
  });
});

describe('the next tier', () => {
  it.each([
    ['0', { tierNumber: 2, aboveQuantity: '1000', remainingQuantity: '1000', unitAmountMinor: '0.8' }],
    ['-4', { tierNumber: 2, aboveQuantity: '1000', remainingQuantity: '1000', unitAmountMinor: '0.8' }],
    ['1000', { tierNumber: 2, aboveQuantity: '1000', remainingQuantity: '0', unitAmountMinor: '0.8' }],
    ['1000.5', { tierNumber: 3, aboveQuantity: '2500', remainingQuantity: '1499.5', unitAmountMinor: '0.5' }],
  ])('after %s units', (quantity, expected) => {
    expect(nextTier(graduated, quantity)).toEqual({ ...expected, flatAmountMinor: '0' });
  });

  it('is none in the last tier, and without tiers', () => {
    expect([nextTier(graduated, '2501'), nextTier(perUnit('1'), '5')]).toEqual([null, null]);
  });
});

/** A decimal string as a fraction: `units / 10 ** places`. */
function fraction(text: string): { units: bigint; places: number } {
  const [whole = '', part = ''] = text.split('.');
  return { units: BigInt(whole + part), places: part.length };
}

/** Rounds `units / 10 ** places` (not negative) to whole numbers, half up, in integers only. */
function roundExactly(units: bigint, places: number): bigint {
  const scale = 10n ** BigInt(places);
  return (2n * units + scale) / (2n * scale);
}

const digits = (most: number) => fc.bigInt({ min: 0n, max: 10n ** BigInt(most) - 1n });
const decimal = (most: number, places: number) =>
  fc.tuple(digits(most), fc.integer({ min: 0, max: places })).map(([units, shift]) => {
    const text = units.toString().padStart(shift + 1, '0');
    return shift === 0 ? text : `${text.slice(0, -shift)}.${text.slice(-shift)}`;
  });

describe('properties', () => {
  it('R12: per unit has no rounding difference to integer arithmetic, for 12-decimal prices and 15-digit quantities', () => {
    fc.assert(
      fc.property(decimal(15, 12), decimal(15, 12), (unit, quantity) => {
        const [a, b] = [fraction(unit), fraction(quantity)];
        const exact = roundExactly(a.units * b.units, a.places + b.places);
        const expected = exact > BigInt(Number.MAX_SAFE_INTEGER) ? null : Number(exact);
        expect(amountOf(perUnit(unit), quantity)).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it('R12: packages are counted as in integer arithmetic', () => {
    const scheme = fc.record({
      divideBy: fc.integer({ min: 1, max: 1e9 }),
      round: fc.constantFrom('up', 'down'),
    });
    fc.assert(
      fc.property(decimal(15, 12), scheme, (quantity, { divideBy, round }) => {
        const { units, places } = fraction(quantity);
        const divisor = BigInt(divideBy) * 10n ** BigInt(places);
        const count = units / divisor + (round === 'up' && units % divisor > 0n ? 1n : 0n);
        expect(amountOf(perUnit('1', { divideBy, round }), quantity)).toBe(Number(count));
      }),
      { numRuns: 1_000 },
    );
  });

  const ladder = fc
    .record({
      mode: fc.constantFrom('graduated' as const, 'volume' as const),
      steps: fc.array(fc.tuple(fc.integer({ min: 1, max: 500 }), decimal(6, 4), decimal(4, 2)), {
        minLength: 1,
        maxLength: 5,
      }),
    })
    .map(({ mode, steps }) => {
      let bound = 0;
      const tiers = steps.map(([width, unit, flat], index) => {
        bound += width;
        return tier(index === steps.length - 1 ? null : String(bound), unit, flat);
      });
      return tiered(mode, ...tiers);
    });

  it('tiers tile the quantity, and tiers, lines and amount agree', () => {
    fc.assert(
      fc.property(ladder, decimal(4, 2), (price, quantity) => {
        const { tiers, amountMinor, quantity: billed } = priced(price, quantity);
        expect(tiers[0]?.fromQuantity).toBe('0');
        for (const [index, part] of tiers.slice(1).entries())
          expect(part.fromQuantity).toBe(tiers[index]?.toQuantity);
        expect(tiers.at(-1)?.toQuantity).toBe(billed);
        expect(
          linesOf({ tiers, amountMinor, quantity }).reduce((sum, line) => sum + line.amountMinor, 0),
        ).toBe(amountMinor);
      }),
    );
  });

  it('graduated prices never fall, and change tier exactly above what nextTier says', () => {
    fc.assert(
      fc.property(ladder, decimal(4, 2), decimal(3, 2), (price, quantity, more) => {
        const next = nextTier(price, quantity);
        if (next !== null) {
          const at = priced(price, next.aboveQuantity).tiers.at(-1)?.tierNumber;
          const above = priced(price, `${next.aboveQuantity}.000001`).tiers.at(-1)?.tierNumber;
          expect([at, above]).toEqual([next.tierNumber - 1, next.tierNumber]);
        }
        if (price.tiersMode !== 'graduated') return;
        const sum = String(Math.round(Number(quantity) * 100 + Number(more) * 100) / 100);
        expect(amountOf(price, sum)).toBeGreaterThanOrEqual(amountOf(price, quantity) ?? Number.NaN);
      }),
    );
  });
});
