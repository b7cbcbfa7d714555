import { describe, expect, it } from 'vitest';
import { minimumCharge, minorDigits } from '../billing/money.ts';
import { licensed } from '../testing/catalog.ts';
import { connect, errorOf } from '../testing/connect.ts';
import { isCurrency, unknownCurrency } from './currencies.ts';

const ALL = unknownCurrency('').split(': ').at(-1)?.split(', ') ?? [];

describe('currencies', () => {
  it('are those that Stripe supports; others are refused in its words', async () => {
    await using server = await connect();
    for (const currency of ['xyz', 'btc', 'zzz'])
      expect(await errorOf(licensed(server.stripe, { currency }))).toMatchObject({
        statusCode: 400,
        param: 'currency',
        message: expect.stringMatching(
          `^Invalid currency: ${currency}. Stripe currently supports these currencies: usd, aed, afn, all,`,
        ),
      });
    expect((await licensed(server.stripe, { currency: 'CHF' })).currency).toBe('chf');
  });

  it('hold every one whose digits or minimum charge are known', () => {
    expect(ALL.every((code) => /^[a-z]{3}$/.test(code) && isCurrency(code))).toBe(true);
    expect(new Set(ALL).size).toBe(ALL.length);
    expect(ALL.filter((code) => minorDigits(code) === 0)).toHaveLength(16);
    expect(ALL.filter((code) => minorDigits(code) === 3)).toHaveLength(5);
    expect(ALL.filter((code) => minimumCharge(code) > 0)).toHaveLength(24);
  });
});
