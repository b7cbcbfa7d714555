import type { Meter } from '@meterboard/contract';
import { formatDecimal, numberFormat } from './intl.ts';

/** Of a meter, what a host's formatter may go by. */
export type Measure = Pick<Meter, 'eventName' | 'unit'>;

/** How a decimal string is printed without a host's formatter. */
export type Usual = (decimal: string, locale: string) => string;

/** Prints a quantity of a meter, without its unit. */
export type PrintQuantity = (quantity: string, meter: Measure, usual: Usual) => string;

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

/** A number on an axis, as a decimal string. */
export function formatTick(decimal: string, locale: string): string {
  const isLong = Math.abs(Number(decimal)) >= 10_000;
  return formatDecimal(
    numberFormat(locale, { notation: isLong ? 'compact' : 'standard', maximumSignificantDigits: 4 }),
    decimal,
  );
}

/** An estimate: so many digits, however long the figure is. With three "41234.5" is "41,200". */
export function roundedTo(digits: number): Usual {
  return (decimal, locale) => {
    const notation = /^-?\d{7}/.test(decimal) ? 'compact' : 'standard';
    return formatDecimal(numberFormat(locale, { maximumSignificantDigits: digits, notation }), decimal);
  };
}
