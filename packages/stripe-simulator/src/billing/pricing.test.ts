import Big from 'big.js';
import { describe, expect, it } from 'vitest';
import { formatAmount, minorDigits } from './money.ts';
import { type PriceTerms, priceQuantity, roundMinor, type Tier } from './pricing.ts';

const perUnit = (unitAmountDecimal: string): PriceTerms => ({
  billingScheme: 'per_unit',
  unitAmountDecimal,
  tiersMode: null,
  tiers: [],
  transformQuantity: null,
});
const tiered = (tiersMode: 'graduated' | 'volume', tiers: Tier[]): PriceTerms => ({
  billingScheme: 'tiered',
  unitAmountDecimal: null,
  tiersMode,
  tiers,
  transformQuantity: null,
});
const tier = (
  upTo: number | null,
  unitAmountDecimal: string | null,
  flatAmountDecimal: string | null = null,
): Tier => ({ upTo, unitAmountDecimal, flatAmountDecimal });
const amounts = (price: PriceTerms, quantity: string | number) =>
  priceQuantity(price, new Big(quantity)).map((part) => [part.key, part.quantityDecimal, part.amountMinor]);

describe('pricing', () => {
  it('multiplies exactly: 12 decimals and 15 digits lose nothing', () => {
    expect(amounts(perUnit('0.000000000001'), '999999999999999')).toEqual([
      ['unit', '999999999999999', 1_000],
    ]);
    expect(amounts(perUnit('0.07'), '150')).toEqual([['unit', '150', 11]]);
  });

  it.each([
    ['0.5', 1],
    ['1.5', 2],
    ['2.5', 3],
    ['0.49999999', 0],
    ['-0.5', -1],
  ])('rounds %s minor units to %d, half away from zero', (text, rounded) => {
    expect(roundMinor(new Big(text))).toBe(rounded);
  });

  it('bills a negative total as nothing', () => {
    expect(amounts(perUnit('5'), -3)).toEqual([['unit', '0', 0]]);
  });

  const graduated = tiered('graduated', [tier(1_000, '0'), tier(2_500, '0.8'), tier(null, '0.5')]);
  it.each([
    [0, [['tier-1', '0', 0]]],
    [1_000, [['tier-1', '1000', 0]]],
    [
      1_001,
      [
        ['tier-1', '1000', 0],
        ['tier-2', '1', 1],
      ],
    ],
    [
      2_500,
      [
        ['tier-1', '1000', 0],
        ['tier-2', '1500', 1_200],
      ],
    ],
    [
      '2752.5',
      [
        ['tier-1', '1000', 0],
        ['tier-2', '1500', 1_200],
        ['tier-3', '252.5', 126],
      ],
    ],
  ])('graduated: %s units fill one tier after the other', (quantity, expected) => {
    expect(amounts(graduated, quantity)).toEqual(expected);
  });

  it('graduated: a flat fee is due for every tier that is reached, as a line of its own', () => {
    const price = tiered('graduated', [tier(10, '2', '500'), tier(null, null, '300')]);
    expect(amounts(price, 12)).toEqual([
      ['tier-1', '10', 20],
      ['tier-1-flat', '1', 500],
      ['tier-2', '2', 0],
      ['tier-2-flat', '1', 300],
    ]);
    expect(amounts(price, 0)).toEqual([
      ['tier-1', '0', 0],
      ['tier-1-flat', '1', 500],
    ]);
  });

  it('volume: the tier of the whole quantity prices all of it', () => {
    const price = tiered('volume', [tier(5, '10'), tier(null, '7')]);
    expect(amounts(price, 5)).toEqual([['tier-1', '5', 50]]);
    expect(amounts(price, 6)).toEqual([['tier-2', '6', 42]]);
  });

  it('package: the quantity is divided and rounded as the price says', () => {
    const packages = (round: 'up' | 'down') =>
      amounts({ ...perUnit('100'), transformQuantity: { divideBy: 10, round } }, 21);
    expect(packages('up')).toEqual([['unit', '21', 300]]);
    expect(packages('down')).toEqual([['unit', '21', 200]]);
  });

  it('writes amounts with the digits of the currency, and more when a unit price needs them', () => {
    expect([
      formatAmount(2_000, 'usd'),
      formatAmount('0.00095', 'usd'),
      formatAmount(500, 'jpy'),
      formatAmount(1_234, 'kwd'),
    ]).toEqual(['$20.00', '$0.0000095', '¥500', 'KWD\u00a01.234']);
    expect(['usd', 'jpy', 'kwd'].map(minorDigits)).toEqual([2, 0, 3]);
  });
});
