import type { Measured } from './measured.ts';
import type { Money } from './money.ts';

/** Something to buy. The server's table decides what it is worth. */
export interface TopUpPackage {
  packageId: string;
  /** Plain text. */
  label: string;
  price: Money;
  /** What is credited once paid. */
  credit: Money;
  /** Calendar months from purchase; `null`: the credit does not expire. */
  expiresAfterMonths: number | null;
}

export interface TopUpPackages extends Measured {
  /** By price, smallest first. */
  packages: TopUpPackage[];
  /** Why nothing can be bought now; `null`: it can. */
  unavailable: 'not_allowed' | 'no_metered_subscription' | 'not_configured' | null;
}

export interface TopUpStartInput {
  packageId: string;
  /** Minted in the browser, once per intention to pay: the same id never charges twice. 8..100 of [A-Za-z0-9_-]. */
  attemptId: string;
  /**
   * Where the payment page returns to: same origin as the request, or on the host's list. Left out: the host's
   * configured address.
   */
  returnUrl?: string;
}

export interface TopUpStart {
  sessionKey: string;
  topUpId: string;
  /** The payment page. `null` when this attempt is already paid or closed: ask for its status. */
  url: string | null;
}

export interface TopUpStatusInput {
  topUpId: string;
}

/** `granted`, `expired` and `canceled` are final. A failed card is not: the payment page lets people retry. */
export type TopUpState = 'open' | 'processing' | 'paid' | 'granted' | 'expired' | 'canceled';

export interface TopUpStatus extends Measured {
  topUpId: string;
  packageId: string;
  state: TopUpState;
  price: Money;
  credit: Money;
}

/** The query parameter that carries the top-up id on the way back from the payment page. */
export const topUpReturnParam = 'meterboard_topup';
