import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMoney } from './money.ts';
import { parseMoney } from './parse-money.ts';

const locales =
  'en en-IN en-ZA de de-CH de-AT fr fr-CH es pt-PT pt-BR it nl pl hu cs sv nb fi da tr ru uk ar ar-EG fa hi bn mr my ja zh ko th he vi ta'.split(
    ' ',
  );
const currencies = 'usd eur gbp chf huf idr isk ugx inr jpy krw vnd clp xof kwd bhd tnd jod omr egp'.split(
  ' ',
);

describe('parseMoney', () => {
  it('reads back what formatMoney prints, in every language and currency', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 999_999_999_999 }),
        fc.constantFrom(...currencies),
        fc.constantFrom(...locales),
        (amountMinor, currency, locale) =>
          parseMoney(formatMoney({ amountMinor, currency }, locale), currency, locale) === amountMinor,
      ),
      { numRuns: 2_000 },
    );
  });

  it.each<[string, string, string, number | null]>([
    ['20', 'usd', 'en', 2000],
    ['20.5', 'usd', 'en', 2050],
    ['.5', 'usd', 'en', null],
    ['20.', 'usd', 'en', 2000],
    ['1,234.56', 'usd', 'en', 123_456],
    ['$ 20.00', 'usd', 'en', 2000],
    ['20 USD', 'usd', 'en', 2000],
    ['20 usd', 'usd', 'en', 2000],
    ['1,00,000', 'inr', 'en-IN', 10_000_000],
    ['20,50', 'eur', 'de', 2050],
    ['1.500', 'eur', 'de', 150_000],
    ['1.500,00', 'eur', 'de', 150_000],
    ['20.50', 'eur', 'de', 2050],
    ['20,50', 'usd', 'en', 2050],
    ['1,500', 'usd', 'en', 150_000],
    ['1,50,0', 'usd', 'en', null],
    ['1.50.0', 'eur', 'de', null],
    ["1'234.50", 'chf', 'de-CH', 123_450],
    ['1 234,50', 'eur', 'fr', 123_450],
    ['1\u202f234,50', 'eur', 'fr', 123_450],
    ['٢٠٫٥٠', 'usd', 'ar-EG', 2050],
    ['۲۰', 'usd', 'en', 2000],
    ['20', 'jpy', 'en', 20],
    ['20.00', 'jpy', 'en', 20],
    ['20.5', 'jpy', 'en', null],
    ['1,500', 'jpy', 'en', 1500],
    ['20.125', 'kwd', 'en', 20_125],
    ['20.1255', 'kwd', 'en', null],
    ['1200.50', 'huf', 'en', 120_050],
    ['20.005', 'usd', 'en', null],
    ['20.50', 'usd', 'hu', 2050],
    ['1.500', 'usd', 'hu', null],
    ['-20', 'usd', 'en', null],
    ['2e3', 'usd', 'en', null],
    ['twenty', 'usd', 'en', null],
    ['', 'usd', 'en', null],
    ['90071992547409.91', 'usd', 'en', Number.MAX_SAFE_INTEGER],
    ['90071992547409.92', 'usd', 'en', null],
  ])('reads %j in %s in %s as %s', (text, currency, locale, amountMinor) => {
    expect(parseMoney(text, currency, locale)).toBe(amountMinor);
  });
});
