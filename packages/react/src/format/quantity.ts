import { formatDecimal, numberFormat } from './intl.ts';

/** A decimal string with every digit that it has. */
export function formatExact(decimal: string, locale: string): string {
  return formatDecimal(numberFormat(locale, { maximumFractionDigits: 20 }), decimal);
}

/** A decimal string with no more digits than help: from a million on "1.23M", below it two decimals, or two digits where that is more. */
export function formatQuantity(decimal: string, locale: string): string {
  const isLong = /^-?\d{7}/.test(decimal);
  return formatDecimal(
    numberFormat(
      locale,
      isLong
        ? { notation: 'compact', maximumSignificantDigits: 3 }
        : { maximumFractionDigits: 2, maximumSignificantDigits: 2, roundingPriority: 'morePrecision' },
    ),
    decimal,
  );
}

/** A number on an axis. */
export function formatTick(value: number, locale: string): string {
  const format = numberFormat(locale, {
    notation: Math.abs(value) >= 10_000 ? 'compact' : 'standard',
    maximumSignificantDigits: 4,
  });
  return format.format(value).replace('-', '\u2212');
}

/** An estimate: three digits, however long the figure is. "41234.5" is "41,200". */
export function formatRounded(decimal: string, locale: string): string {
  const isLong = /^-?\d{7}/.test(decimal);
  return formatDecimal(
    numberFormat(locale, { maximumSignificantDigits: 3, notation: isLong ? 'compact' : 'standard' }),
    decimal,
  );
}
