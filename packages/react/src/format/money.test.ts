import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMoney, minorDigits, toMajorDecimal } from './money.ts';

/** Every currency that Stripe presents with a minor unit other than hundredths (docs.stripe.com/currencies, 2026-11-22). */
const unusual: Record<string, number> = {
  ...Object.fromEntries(
    'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' ').map((code) => [code, 0]),
  ),
  ...Object.fromEntries('bhd jod kwd omr tnd'.split(' ').map((code) => [code, 3])),
};
const others =
  'usd eur gbp chf huf idr isk ugx twd cop all afn lak lbp mmk sos yer czk pln sek nok dkk ron bgn try inr brl mxn zar aud cad nzd sgd hkd thb php myr ils aed sar qar'.split(
    ' ',
  );

describe('minorDigits', () => {
  it.each(Object.entries(unusual))('counts %s in units of 10^-%i', (currency, digits) => {
    expect(minorDigits(currency)).toBe(digits);
  });

  it('counts everything else in hundredths, also where Intl prints no decimals', () => {
    expect(others.filter((currency) => minorDigits(currency) !== 2)).toEqual([]);
  });
});

describe('formatMoney', () => {
  it.each([
    [2000, 'usd', 'en', '$20.00'],
    [5, 'usd', 'en', '$0.05'],
    [0, 'usd', 'en', '$0.00'],
    [-4648, 'usd', 'en', '−$46.48'],
    [-5, 'usd', 'en', '−$0.05'],
    [123456789, 'usd', 'en', '$1,234,567.89'],
    [2000, 'jpy', 'en', '¥2,000'],
    [2000, 'kwd', 'en', 'KWD 2.000'],
    [120000, 'huf', 'en', 'HUF 1,200'],
    [120050, 'huf', 'en', 'HUF 1,200.50'],
    [123456, 'eur', 'de', '1.234,56 €'],
    [-123456, 'eur', 'de', '−1.234,56 €'],
    [Number.MAX_SAFE_INTEGER, 'usd', 'en', '$90,071,992,547,409.91'],
  ])('prints %i %s in %s as %s', (amountMinor, currency, locale, text) => {
    const printed = formatMoney({ amountMinor, currency }, locale);
    expect(printed.replaceAll('\u00a0', ' ')).toBe(text);
  });

  it('never loses or invents a minor unit', () => {
    const currencies = [...Object.keys(unusual), ...others];
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.constantFrom(...currencies), (amountMinor, currency) => {
        const digits = formatMoney({ amountMinor, currency }, 'en').replace(/\D/g, '');
        const printed = BigInt(digits);
        const expected = BigInt(Math.abs(amountMinor));
        const scale = 10n ** BigInt(minorDigits(currency));
        return printed === expected || (expected % scale === 0n && printed * scale === expected);
      }),
    );
  });
});

describe('toMajorDecimal', () => {
  it('reads back as the same integer', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.constantFrom('jpy', 'usd', 'kwd'), (amountMinor, currency) => {
        const decimal = toMajorDecimal({ amountMinor, currency });
        const [, fraction = ''] = decimal.split('.');
        return (
          fraction.length === minorDigits(currency) &&
          BigInt(decimal.replace('.', '')) === BigInt(amountMinor)
        );
      }),
    );
  });
});
