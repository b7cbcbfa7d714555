import type { Money } from '@meterboard/contract';
import { formatDecimal, numberFormat } from './intl.ts';
import { minorDigits } from './money.ts';

/** A price in minor units as a decimal of the major one, digit by digit: "0.35" usd is "0.0035". */
export function toMajorPrice(unitAmountMinor: string, currency: string): string {
  const isNegative = unitAmountMinor.startsWith('-');
  const [whole = '0', fraction = ''] = unitAmountMinor.replace('-', '').split('.');
  const digits = minorDigits(currency);
  const padded = whole.padStart(digits + 1, '0');
  const cut = padded.length - digits;
  const decimals = padded.slice(cut) + fraction;
  return `${isNegative ? '-' : ''}${padded.slice(0, cut)}${decimals ? `.${decimals}` : ''}`;
}

/** A unit price with every digit that it has: "$0.0035". */
export function formatUnitPrice(
  unitAmountMinor: string,
  currency: Money['currency'],
  locale: string,
): string {
  const format = numberFormat(locale, { style: 'currency', currency, maximumFractionDigits: 14 });
  return formatDecimal(format, toMajorPrice(unitAmountMinor, currency));
}
