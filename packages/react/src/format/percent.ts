import { numberFormat } from './intl.ts';

/** The size of a ratio as whole percent, or with one decimal below 1 %: 0.123 and -0.123 are "12%". */
export function formatPercent(ratio: number, locale: string): string {
  const size = Math.abs(ratio);
  return numberFormat(locale, { style: 'percent', maximumFractionDigits: size < 0.01 ? 1 : 0 }).format(size);
}
