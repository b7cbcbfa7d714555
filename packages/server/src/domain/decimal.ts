import Big from 'big.js';

/** The exact sum of decimal strings, without exponent; `'0'` for none. */
export function addDecimals(quantities: readonly string[]): string {
  return quantities.reduce((sum, quantity) => sum.plus(quantity), new Big(0)).toFixed();
}

/** `from − quantity`, exactly. */
export function subtractDecimals(from: string, quantity: string): string {
  return new Big(from).minus(quantity).toFixed();
}

/** Whether a decimal string means zero (`'0'`, `'-0.00'`). */
export function isZero(quantity: string): boolean {
  return new Big(quantity).eq(0);
}

/** Whether `quantity` is at least `ratio` times `whole`, decided without rounding. */
export function reaches(quantity: string, ratio: string, whole: string): boolean {
  return new Big(quantity).gte(new Big(whole).times(ratio));
}

/** Whether `quantity` is more than `whole`, decided without rounding. */
export function exceeds(quantity: string, whole: string): boolean {
  return new Big(quantity).gt(whole);
}

/** `part ÷ whole` as a number for bars and percentages; `null` when `whole` is not positive. */
export function ratioOf(part: string, whole: string): number | null {
  const divisor = new Big(whole);
  return divisor.lte(0) ? null : new Big(part).div(divisor).toNumber();
}

/** `later ÷ earlier − 1` as a number; `null` where `earlier` is not positive. */
export function changeOf(later: string, earlier: string): number | null {
  const base = new Big(earlier);
  return base.lte(0) ? null : new Big(later).minus(base).div(base).toNumber();
}
