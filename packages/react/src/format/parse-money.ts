import { numberFormat } from './intl.ts';
import { minorDigits } from './money.ts';

/** Patterns of the marks between groups and before decimals: some locales write amounts of money with others than numbers. */
function separatorsOf(locale: string, currency: string): { group: string; decimal: string } {
  const found = { group: new Set<string>(), decimal: new Set<string>() };
  for (const style of [{}, { style: 'currency', currency } as const]) {
    for (const { type, value } of numberFormat(locale, { ...style, minimumFractionDigits: 1 }).formatToParts(
      1_234_567.5,
    ))
      if (type === 'group' || type === 'decimal') found[type].add(value.trim());
  }
  // A typewriter's apostrophe stands for the Swiss one.
  if (found.group.has('’')) found.group.add("'");
  const pattern = (marks: Iterable<string>) =>
    [...marks].map((mark) => (mark === '.' ? '\\.' : mark)).join('|');
  const group = [...found.group].filter((mark) => mark && !found.decimal.has(mark));
  return { group: pattern(group), decimal: pattern(found.decimal) };
}

/** The digits of any script as 0-9: they are ten in a row, and the first of a row is the one that no digit precedes. */
function toAsciiDigits(text: string): string {
  return text.replace(/\p{Nd}/gu, (digit) => {
    const point = digit.codePointAt(0) ?? 0;
    let zero = point;
    while (zero > point - 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
    return String(point - zero);
  });
}

/**
 * What somebody typed as an amount, in minor units: exact, never rounded, never through binary floating point. Reads
 * the locale's digits and separators, and the currency's code or sign beside them. A point or a comma that the locale
 * does not use, or uses for groups, is a decimal separator where it cannot be one of groups (keyboards of phones
 * offer only one). `null`: it is no amount, or has more decimals than the currency.
 */
export function parseMoney(text: string, currency: string, locale: string): number | null {
  const sign = numberFormat(locale, { style: 'currency', currency })
    .formatToParts(1)
    .find(({ type }) => type === 'currency')?.value;
  let typed = toAsciiDigits(text);
  for (const mark of [sign, currency.toUpperCase(), currency]) if (mark) typed = typed.replace(mark, '');
  typed = typed.replace(/[\s\p{Cf}]/gu, '');
  const [, whole, fraction = ''] =
    readLocale(typed, locale, currency) ?? /^(\d+)[.,](\d{1,2}|\d{4,})$/.exec(typed) ?? [];
  if (whole === undefined) return null;
  const digits = minorDigits(currency);
  if (/[^0]/.test(fraction.slice(digits))) return null;
  const amountMinor = Number(whole.replace(/\D/g, '') + fraction.slice(0, digits).padEnd(digits, '0'));
  return Number.isSafeInteger(amountMinor) ? amountMinor : null;
}

/** Whole and fraction by the locale's own separators; groups are of two or three digits, the last one of three. */
function readLocale(typed: string, locale: string, currency: string): RegExpExecArray | null {
  const { group, decimal } = separatorsOf(locale, currency);
  const grouped = group ? `|\\d{1,3}(?:(?:${group})\\d{2,3})*(?:${group})\\d{3}` : '';
  return new RegExp(`^(\\d+${grouped})(?:(?:${decimal})(\\d*))?$`).exec(typed);
}
