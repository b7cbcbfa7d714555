import type { Measured } from './measured.ts';
import type { Money } from './money.ts';

/** Whether a credit was paid for or given. */
export type CreditCategory = 'paid' | 'promotional';

/** What happens to a credit, whichever amount it has. */
export interface TopUpTerms {
  category: CreditCategory;
  /** Calendar months from the day it is credited; `null`: the credit does not expire. */
  expiresAfterMonths: number | null;
}

/** Something to buy. The server's table decides what it is worth. */
export interface TopUpPackage extends TopUpTerms {
  packageId: string;
  /** Plain text. */
  label: string;
  price: Money;
  /** What is credited once paid, the bonus included. */
  credit: Money;
  /** The part of `credit` that is a gift; zero where there is none. */
  bonus: Money;
}

/** An amount of the customer's own choice, credited one to one. All three in one currency; `minimum` is a multiple of `step`. */
export interface CustomTopUp extends TopUpTerms {
  minimum: Money;
  maximum: Money;
  step: Money;
}

/** How a purchase is paid: on the provider's page, on a page of the provider within the host's, or with the saved card. */
export type PayWith = 'hosted_page' | 'embedded_page' | 'saved_card';

/** The rules a customer agrees to. Plain text and an https address, as the host wrote them. */
export interface TopUpConditions {
  text: string | null;
  url: string | null;
}

export interface TopUpPackages extends Measured {
  /** By price, smallest first. */
  packages: TopUpPackage[];
  /** `null`: only packages are sold. */
  custom: CustomTopUp | null;
  /** The ways to pay that the host offers, best first. Whether there is a saved card, `topUps.savedCard` tells. */
  payWith: PayWith[];
  conditions: TopUpConditions | null;
  /**
   * A period that has ended and whose invoice waits to be finalised: credits bought now are too late for it. The
   * latest such end, Unix ms; `null`: none waits.
   */
  tooLateForPeriodEndMs: number | null;
  /** Why nothing can be bought now; `null`: it can. */
  unavailable: 'not_allowed' | 'no_metered_subscription' | 'not_configured' | null;
}

/** The card that one click charges. */
export interface SavedCard {
  /** The network's name in lower case ("visa"). */
  brand: string;
  /** Four digits. */
  last4: string;
  /** 1..12. */
  expiryMonth: number;
  expiryYear: number;
}

export interface SavedCardAnswer extends Measured {
  /** `null`: none is saved, or it has expired. */
  card: SavedCard | null;
}

export interface TopUpStartInput {
  /** One of the packages; left out where `amountMinor` is given. */
  packageId?: string;
  /** An amount of one's own within the limits of `custom`; left out where `packageId` is given. */
  amountMinor?: number;
  /** Minted in the browser, once per intention to pay: the same id never charges twice. 8..100 of [A-Za-z0-9_-]. */
  attemptId: string;
  /** Left out: the payment page. The same attempt may go on in another way after a decline; the former way is closed first. */
  payWith?: PayWith;
  /**
   * Where the payment page returns to: same origin as the request, or on the host's list. Left out: the host's
   * configured address.
   */
  returnUrl?: string;
}

/**
 * Why a card was not charged, as far as a customer can do something about it. `declined`: the bank gives no reason
 * that may be told.
 */
export type DeclineReason =
  | 'authentication_required'
  | 'insufficient_funds'
  | 'expired_card'
  | 'incorrect_details'
  | 'limit_exceeded'
  | 'card_not_supported'
  | 'try_again'
  | 'declined';

/**
 * Where a purchase stands. `requires_action`: the bank wants to hear from the card's owner, who goes on at `url`.
 * `paid`: the money is there and the credit is not yet. `expired` and `canceled`: nothing was or will be charged. A
 * declined card ends nothing: the purchase stays `open`. A later payment always wins.
 */
export type TopUpState =
  | 'open'
  | 'requires_action'
  | 'processing'
  | 'paid'
  | 'granted'
  | 'partially_refunded'
  | 'refunded'
  | 'disputed'
  | 'expired'
  | 'canceled';

/** How a purchase that is not paid yet goes on. */
export interface TopUpNextStep {
  state: TopUpState;
  /** The payment page; `null` where there is none to go to. */
  url: string | null;
  /** What Stripe.js needs to show the payment page within the host's; `null` unless `payWith` is `embedded_page`. */
  clientSecret: string | null;
  /** Why the last try failed; `null`: it did not. */
  declined: DeclineReason | null;
}

export interface TopUpStart extends TopUpNextStep {
  sessionKey: string;
  topUpId: string;
}

export interface TopUpStatusInput {
  topUpId: string;
}

/** A purchase. */
export interface TopUpRecord extends TopUpTerms {
  topUpId: string;
  /** `null`: an amount of the customer's own. */
  packageId: string | null;
  /** As it was called when it was bought. Plain text. */
  label: string;
  state: TopUpState;
  payWith: PayWith;
  price: Money;
  credit: Money;
  /** What is left of `credit` after refunds and disputes, used or not. Zero until it is credited. */
  credited: Money;
  createdAtMs: number;
  /** When the kit learnt of the payment; `null`: not paid. */
  paidAtMs: number | null;
}

export interface TopUpStatus extends Measured, TopUpRecord, TopUpNextStep {
  /** How much of the credit pays for usage that was made before it came; `null`: not known. */
  coversUsed: Money | null;
}

export interface TopUpHistoryInput {
  /** 1..50; left out: 10. */
  limit?: number;
  /** From the page before. */
  cursor?: string;
}

export interface TopUpHistory extends Measured {
  /** Newest first; what was never paid and has ended is left out. */
  topUps: TopUpRecord[];
  /** `null` on the last page. */
  nextCursor: string | null;
}

/** Asked for when it is wanted: such links expire, and anyone who holds one can open it. */
export interface TopUpReceipt extends Measured {
  /** The invoice where the host asks for one, otherwise the provider's receipt; `null`: there is none. */
  url: string | null;
}

/** The query parameter that carries the top-up id on the way back from the payment page. */
export const topUpReturnParam = 'meterboard_topup';
