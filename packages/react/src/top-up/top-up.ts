import type { Money, PayWith, PublicError, TopUpStart, TopUpStatus } from '@meterboard/contract';

/** What to buy and how to pay for it: one of `packageId` and `amountMinor`. */
export interface TopUpOrder {
  packageId?: string;
  /** An amount of the customer's own, in minor units of the currency of the offer. */
  amountMinor?: number;
  /** Left out: the payment page. */
  payWith?: PayWith;
}

/**
 * Where the customer's purchase stands. `declined`: the card was not charged, `next` says why. `requires_action`: the
 * bank wants to hear from the card's owner. `embedded`: `next.clientSecret` is what shows the payment page here.
 * `unpaid`: back from the payment page without paying. `processing`: the bank is still deciding. `arriving`: paid, not
 * a credit yet. `ended`: expired or canceled, nothing was charged.
 */
export type TopUpPhase =
  | 'idle'
  | 'starting'
  | 'declined'
  | 'embedded'
  | 'checking'
  | 'requires_action'
  | 'unpaid'
  | 'processing'
  | 'arriving'
  | 'granted'
  | 'partly_refunded'
  | 'refunded'
  | 'disputed'
  | 'ended';

export interface TopUp {
  phase: TopUpPhase;
  /** What to name to support; `null` while there is nothing to follow. */
  topUpId: string | null;
  /** The purchase that is being followed; shared by all components below one provider. */
  topUp: TopUpStatus | undefined;
  /** What it adds, known from the offer already before `topUp` is; `null`: not known. */
  credit: Money | null;
  /** The last start led to a purchase that had been paid before: nothing was charged now. */
  wasPaidBefore: boolean;
  /** It takes longer than such a thing should, or cannot be looked up; polling goes on, more slowly. */
  isSlow: boolean;
  /** What this component started last; stays until `cancel()`. */
  order: TopUpOrder | null;
  /** How that goes on; `null` before the answer. */
  next: TopUpStart | null;
  /** Why the purchase could not be started. */
  error: PublicError | null;
  /**
   * Charges the saved card or opens a payment page. Starting the same again, also in another way, goes on with the
   * same attempt until that one is paid or ended, and never pays twice.
   */
  start: (order: TopUpOrder) => void;
  /** Goes to where the bank or the payment page is waiting; does nothing where `url` is none of the web. */
  goOn: (url: string) => void;
  /** The payment page within the host's says that it is done: looks whether it is paid. */
  complete: () => void;
  /** Gives up a start that has not left the page yet, and forgets why the last one failed. */
  cancel: () => void;
  /** Forgets the purchase on the screen, not on the server. */
  dismiss: () => void;
}
