import type { Money } from '@meterboard/contract';
import { formatDecimal, numberFormat } from './intl.ts';

const noDecimals = 'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf';
const threeDecimals = 'bhd jod kwd omr tnd';

/**
 * Digits of the minor unit in which amounts cross the wire. Stripe's table (docs.stripe.com/currencies, 2026-11-22)
 * and not that of `Intl`, which prints some currencies without decimals that are counted in hundredths (huf, idr, isk).
 */
export function minorDigits(currency: string): number {
  return noDecimals.includes(currency) ? 0 : threeDecimals.includes(currency) ? 3 : 2;
}

/** The amount as a plain decimal: 2000 usd is "20.00", -5 usd is "-0.05". */
export function toMajorDecimal({ amountMinor, currency }: Money): string {
  const digits = minorDigits(currency);
  const text = String(Math.abs(amountMinor)).padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits);
  return `${amountMinor < 0 ? '-' : ''}${whole}${digits ? '.' : ''}${text.slice(whole.length)}`;
}

/** An exact amount in its currency and the reader's language. */
export function formatMoney(money: Money, locale: string): string {
  const digits = minorDigits(money.currency);
  const usual = numberFormat(locale, { style: 'currency', currency: money.currency });
  const format = numberFormat(locale, {
    style: 'currency',
    currency: money.currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    trailingZeroDisplay:
      (usual.resolvedOptions().maximumFractionDigits ?? 0) < digits ? 'stripIfInteger' : 'auto',
  });
  const text = formatDecimal(format, toMajorDecimal(money));
  // Marked for right to left, it would draw the words around it along.
  return text.includes('\u200f') ? `\u2068${text}\u2069` : text;
}
