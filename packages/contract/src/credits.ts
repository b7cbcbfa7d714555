import type { Measured } from './measured.ts';
import type { Money } from './money.ts';

/** Derived from dates, voiding and the ledger; the provider stores none of it. */
export type CreditGrantState = 'upcoming' | 'active' | 'depleted' | 'expired' | 'voided';

export interface CreditGrant {
  /** Stable and unique within the customer. */
  grantId: string;
  /** The host's words at creation, or `null`. Plain text. */
  name: string | null;
  category: 'paid' | 'promotional';
  state: CreditGrantState;
  /** As granted. */
  granted: Money;
  /** What its ledger still holds. */
  ledgerRemaining: Money;
  /** What drafts and usage that is not yet billed will take from it. */
  spokenFor: Money;
  effectiveAtMs: number;
  /** `null`: never. */
  expiresAtMs: number | null;
  /** The last moment of usage that it can still pay for: the last period end before its expiry; `null`: no end, or none. */
  coversUsageUntilMs: number | null;
  /** It expires at or before the end of the current period, so it pays for nothing that is used now. */
  cannotPayCurrentPeriod: boolean;
}

/**
 * A line of the balance equation. Signed; the lines before `remaining` add up to it. While a paid top-up is on its
 * way three more follow: `arriving`, the part of it that pays for usage already made, and what will then remain;
 * `remaining` and these two add up to `after_arrival`.
 */
export interface BalanceTerm {
  kind:
    | 'balance'
    | 'on_drafts'
    | 'unbilled'
    | 'remaining'
    | 'arriving'
    | 'arriving_covers_used'
    | 'after_arrival';
  amount: Money;
}

/**
 * A line of the next invoice. Signed; the lines add up to its amount. `other`: plan fees, taxes and whatever else is
 * not usage; `credits`: of every grant that can pay; `account_balance`: what the customer has or owes from before;
 * `carried_over`: what is left in the customer's favour, for invoices after it.
 */
export interface NextInvoiceTerm {
  kind: 'usage' | 'other' | 'credits' | 'account_balance' | 'carried_over';
  amount: Money;
}

/** Which metered prices the credits of a balance can pay for. */
export type CreditScope = { kind: 'all_usage' } | { kind: 'prices'; priceIds: string[] };

/**
 * What is left to spend in one currency and scope, and why: `remaining = balance − onDrafts − unbilled`.
 * `remaining` is an estimate: credits settle when an invoice is finalised.
 */
export interface CreditBalance {
  currency: string;
  scope: CreditScope;
  /** Sum of the ledger of live grants. */
  balance: Money;
  /** Taken by draft invoices; leaves the ledger when they are finalised. */
  onDrafts: Money;
  /** Taken from live grants by usage that is on no invoice yet. */
  unbilled: Money;
  /** The answer. Never negative. */
  remaining: Money;
  /** remaining ÷ balance, 0..1; `null` when balance is zero. */
  remainingRatio: number | null;
  /** The equation, in order. */
  terms: BalanceTerm[];
  /** Granted, effective later; not part of `remaining`. */
  upcoming: Money;
  /** What documents will take from upcoming grants; never lowers `remaining`. */
  takenFromUpcoming: Money;
  /** Paid top-ups that are not credits yet; not part of `remaining`. Never pays for a period that has ended. */
  arriving: Money;
  /** The part of `arriving` that will pay for usage already made. */
  arrivingCoversUsed: Money;
  /** The part of `remaining` that expires before it can pay for anything in the current period. */
  expiring: Money;
  /** Usage that no credit covers and that will be charged; `null` on balances that are limited to certain prices. */
  notCovered: Money | null;
  /** What the next invoices will ask for, everything included; `null` as above or when nothing is upcoming. */
  nextInvoice: { amount: Money; atMs: number; terms: NextInvoiceTerm[] } | null;
  /** Several subscriptions draw on the same credits; Stripe guarantees no order between them. */
  sharedBySubscriptions: boolean;
  /** `unusable`: no metered subscription could spend these credits. `none`: there never was a grant. */
  status: 'ok' | 'low' | 'empty' | 'unusable' | 'none';
  /** Below this `remaining`, status is `low`; `null` where the host set no threshold. */
  lowBelow: Money | null;
  /** In the order in which they are used, then depleted, expired and voided ones, newest first. */
  grants: CreditGrant[];
}

export interface CreditBalances extends Measured {
  /** By currency, unlimited scope first. Empty: this customer has no credits, and no metered subscription. */
  balances: CreditBalance[];
}
