/** An amount of money: an integer count of the currency's minor unit (2000 usd = 20.00 USD; 2000 jpy = ¥2,000). */
export interface Money {
  /** Safe integer. Negative only where the field says so. */
  amountMinor: number;
  /** ISO 4217, lower case. */
  currency: string;
}
