import type { CreditCategory, DeclineReason, Money } from '@meterboard/contract';

export interface GatewayCallOptions {
  signal?: AbortSignal;
  /**
   * Told up to when the rows are complete, where they come from memory, and when the oldest of them that may still change
   * were read. What began after `knownUntilMs` is not known; late events aside.
   */
  onRead?(facts: { knownUntilMs: number; readAtMs: number }): void;
  /** The window's end moves with the clock: nobody asks for this one again, and nothing keeps it for good. */
  isOneOff?: boolean;
}

export interface RawCreditGrant {
  grantId: string;
  name: string | null;
  category: 'paid' | 'promotional';
  amount: Money;
  /** 0 first … 100 last. */
  priority: number;
  /** `null`: all metered prices; otherwise only these. */
  priceIds: string[] | null;
  effectiveAtMs: number;
  expiresAtMs: number | null;
  voidedAtMs: number | null;
  createdAtMs: number;
  /** What it was made for: the kit's top-up or bonus, and which of its grants it is; `null`: made by somebody else. */
  owner: { ownerId: string; generation: number } | null;
}

/** One entry of the credit ledger. `signedMinor` is positive for credits, negative for debits. */
export interface RawCreditTransaction {
  grantId: string;
  kind: 'granted' | 'invoice_voided' | 'applied' | 'expired' | 'voided' | 'other';
  signedMinor: number;
  currency: string;
  effectiveAtMs: number;
}

/** How a purchase is paid at the provider: on a page, or by charging a saved card. */
export type TopUpPaymentKind = 'checkout' | 'charge';

/** What a charge took, and what of it came back. All in the charge's own currency. */
export interface RawCharge {
  currency: string;
  /** Tax included and promotions deducted: what was really taken. Zero where a promotion paid for everything. */
  chargedMinor: number;
  /** Refunds that have not failed, pending ones included. */
  refundedMinor: number;
  /** What disputes have taken and not given back; inquiries take nothing. */
  disputedMinor: number;
}

/** A payment of a top-up, as it stands. */
export interface RawTopUpPayment {
  kind: TopUpPaymentKind;
  paymentId: string;
  topUpId: string;
  /** Which of the purchase's payments it is: 1, 2, 3 … */
  n: number;
  /**
   * `declined`: the last try failed and another may follow. `requires_action`: the bank wants to hear from the card's
   * owner. `expired` and `canceled`: it ended unpaid.
   */
  state: 'open' | 'requires_action' | 'processing' | 'paid' | 'declined' | 'expired' | 'canceled';
  /** The payment page while it can be used; `null` for embedded pages and charges. */
  url: string | null;
  /** What the provider's script needs to show an embedded page; `null` otherwise. */
  clientSecret: string | null;
  declined: DeclineReason | null;
  /** It can never be paid: nothing has to be asked about it any more. What ended unpaid may still be paid otherwise. */
  isFinal: boolean;
  /** What was asked for in the provider's own words, before tax and promotions. */
  asked: Money;
  /** What the provider's copy of our own notes says was agreed; `null`: it cannot be read. */
  noted: { price: Money; credit: Money } | null;
  /** The provider's intent behind it; `null`: none yet. */
  intentId: string | null;
  /** `null` until paid. */
  charge: RawCharge | null;
  livemode: boolean;
  createdAtMs: number;
}

/** A payment of a top-up in a list: enough to find the one that matters. */
export interface RawTopUpReference {
  topUpId: string;
  n: number;
  kind: TopUpPaymentKind;
  paymentId: string;
}

/** What every payment of a purchase says. */
export interface NewTopUpPayment {
  customerId: string;
  topUpId: string;
  n: number;
  /** What the customer reads on the page and on the receipt. */
  label: string;
  price: Money;
  /** Noted at the provider, for people who look there. */
  credit: Money;
  idempotencyKey: string;
}

export interface NewCheckout extends NewTopUpPayment {
  isEmbedded: boolean;
  successUrl: string;
  cancelUrl: string;
  /** Let the provider add the tax. */
  automaticTax: boolean;
  promotionCodes: boolean;
  /** Make an invoice that serves as the receipt. */
  invoice: boolean;
  /** Offer to keep the card for the next time. */
  offerToSaveCard: boolean;
}

export interface NewCharge extends NewTopUpPayment {
  cardId: string;
}

export interface RawSavedCard {
  cardId: string;
  brand: string;
  last4: string;
  expiryMonth: number;
  expiryYear: number;
}

/** A credit to be made. Everything that the call says stands here, so that a repeated call is the same call. */
export interface NewCreditGrant {
  customerId: string;
  /** The top-up or bonus that it belongs to, and which of its grants it is. */
  ownerId: string;
  generation: number;
  name: string;
  amount: Money;
  category: CreditCategory;
  priority: number;
  expiresAtMs: number | null;
  idempotencyKey: string;
}

/**
 * Writes that sell and give credits. A provider that lacks them has no top-ups. Creating calls may be repeated: the
 * same key and content return the first result, or reject with `conflict` for other content. A rejection that says
 * `answered` means that the call is over and had no effect that this answer tells of; without it the call may still
 * take effect. What a customer does not own is `not_found`.
 */
export interface TopUpGateway {
  /** Whether this account moves real money; `null`: the first payment will tell. */
  livemode: boolean | null;
  createCheckout(checkout: NewCheckout, options?: GatewayCallOptions): Promise<RawTopUpPayment>;
  /** Charges a saved card without its owner. A decline is an answer, not a rejection. */
  createCharge(charge: NewCharge, options?: GatewayCallOptions): Promise<RawTopUpPayment>;
  getPayment(
    query: { customerId: string; kind: TopUpPaymentKind; paymentId: string },
    options?: GatewayCallOptions,
  ): Promise<RawTopUpPayment>;
  /** Sees to it that it cannot be paid any more, unless it is being paid or was: its state then tells. */
  closePayment(
    query: { customerId: string; kind: TopUpPaymentKind; paymentId: string },
    options?: GatewayCallOptions,
  ): Promise<RawTopUpPayment>;
  /** The customer's payments of one purchase begun at or after `sinceMs`, newest first. */
  findPayments(
    query: { customerId: string; topUpId: string; kind: TopUpPaymentKind; sinceMs: number },
    options?: GatewayCallOptions,
  ): Promise<RawTopUpReference[]>;
  /** The purchase that a payment (session or intent) belongs to, whoever's it is; `null`: none of ours. */
  findTopUpOf(paymentId: string, options?: GatewayCallOptions): Promise<string | null>;
  /** The card that may be charged without its owner, expired or not; `null`: none is kept for that. */
  getSavedCard(customerId: string, options?: GatewayCallOptions): Promise<RawSavedCard | null>;
  /** The receipt's address, or `null`. Such addresses expire: not to be stored. */
  getReceiptUrl(
    query: { customerId: string; kind: TopUpPaymentKind; paymentId: string },
    options?: GatewayCallOptions,
  ): Promise<string | null>;
  createGrant(grant: NewCreditGrant, options?: GatewayCallOptions): Promise<RawCreditGrant>;
  /** Takes back what is unused: voids an untouched grant, expires a touched one; nothing happens to one that is over. */
  endGrant(
    query: { customerId: string; grantId: string; nowMs: number },
    options?: GatewayCallOptions,
  ): Promise<void>;
}
