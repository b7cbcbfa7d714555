import type { Money } from '@meterboard/contract';

/** A package as the host configures it. */
export interface TopUpPackageOption {
  /** Unique; stands in the browser's request and in the payment. 1..100 of [A-Za-z0-9_.-]. */
  id: string;
  /** Plain text, at most 100 characters. */
  label: string;
  price: Money;
  /** What is credited once paid. */
  credit: Money;
  /** Calendar months from purchase; left out: the credit does not expire. */
  expiresAfterMonths?: number;
}

/** Left out of the options, nothing can be bought. */
export interface TopUpOptions {
  packages: readonly TopUpPackageOption[];
  /** Where the payment page returns to when the browser names no address. */
  returnUrl?: string;
  /** Origins that a browser may name besides the one it asked from ("https://app.example"). */
  allowedReturnOrigins?: readonly string[];
}
