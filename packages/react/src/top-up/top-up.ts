import type { PublicError, TopUpStatus } from '@meterboard/contract';

/**
 * Where the customer's purchase stands. `unpaid`: back from the payment page without paying. `processing`: the bank
 * is still deciding. `arriving`: paid, not a credit yet. `ended`: expired or canceled, nothing was charged.
 */
export type TopUpPhase =
  | 'idle'
  | 'starting'
  | 'checking'
  | 'unpaid'
  | 'processing'
  | 'arriving'
  | 'granted'
  | 'ended';

export interface TopUp {
  phase: TopUpPhase;
  /** What to name to support; `null` while there is nothing to follow. */
  topUpId: string | null;
  /** The purchase that came back from the payment page; shared by all components below one provider. */
  topUp: TopUpStatus | undefined;
  /** It takes longer than such a thing should, or cannot be looked up; polling goes on, more slowly. */
  isSlow: boolean;
  /** Why the purchase could not be started. */
  error: PublicError | null;
  /** Opens the payment page for a package. Starting the same package again continues the same attempt until that one ended. */
  start: (packageId: string) => void;
  /** Gives up a start that has not left the page yet, and forgets why the last one failed. */
  cancel: () => void;
  /** Forgets the purchase on the screen, not on the server. */
  dismiss: () => void;
}
