import type { CreditCategory, DeclineReason, Money, TimeSpan } from '@meterboard/contract';

/*
 * Glossary, in the field's own words.
 *   meter            a definition of what is counted; has an event name and an aggregation
 *   meter event      one report of usage for one customer
 *   event summary    the provider's aggregate of a customer's events over a window
 *   bucket           a calendar unit on a chart; need not be a provider window
 *   billing period   [start, end) of one subscription item
 *   credit grant     a sum of money that pays for metered usage; settles when an invoice is finalised
 *   ledger           the provider's append-only list of credit and debit transactions
 *   document         an invoice that exists as a draft, or the upcoming one of a subscription (a preview)
 *   line             one priced part of a document; those of a meter can be paid by credits
 */

/** A meter as the provider knows it. */
export interface RawMeter {
  meterId: string;
  eventName: string;
  displayName: string;
  /** `other`: the provider has a formula that this version does not know. */
  aggregation: 'sum' | 'count' | 'last' | 'other';
  active: boolean;
}

/** One aggregate over `[startMs, endMs)`. */
export interface RawUsageRow extends TimeSpan {
  /** Decimal string, at most 15 significant digits. */
  quantity: string;
}

/** How the provider groups a usage reading. `none`: one row for the whole window. Hours and days are UTC. */
export type UsageGrouping = 'hour' | 'day' | 'none';

/** One reading of a meter's usage. Edges are on whole minutes; on whole hours or UTC days where grouped so. */
export interface UsageWindow extends TimeSpan {
  grouping: UsageGrouping;
}

/** One price tier; `upTo` is an inclusive decimal string, `null` for the last tier. */
export interface RawTier {
  upTo: string | null;
  /** Minor units per unit, decimal string. */
  unitAmountMinor: string;
  /** Minor units, decimal string. */
  flatAmountMinor: string;
}

/** What an item costs. */
export interface RawPrice {
  priceId: string;
  currency: string;
  /** The meter that feeds it; `null` for licensed prices. */
  meterId: string | null;
  /** Empty: per unit at `unitAmountMinor`. */
  tiers: RawTier[];
  tiersMode: 'graduated' | 'volume' | null;
  /** Minor units per unit, decimal string; `null` where tiers decide. */
  unitAmountMinor: string | null;
}

/** How often an item bills: every `count` of `unit`. */
export interface Recurrence {
  unit: 'day' | 'week' | 'month' | 'year';
  count: number;
}

export interface RawSubscriptionItem {
  itemId: string;
  priceId: string;
  /** `null` for licensed items. */
  meterId: string | null;
  period: TimeSpan;
  recurrence: Recurrence;
}

export interface RawSubscription {
  subscriptionId: string;
  /** Still billing: active, trialing, past due or unpaid. */
  live: boolean;
  currency: string;
  createdAtMs: number;
  /** The instant that all its period edges are counted from, in UTC. */
  billingAnchorMs: number;
  items: RawSubscriptionItem[];
}

/** A line of a document, in the document's order. */
export interface RawDocumentLine {
  /** `null` where the line has no price (one-off items). */
  priceId: string | null;
  /** The meter whose usage it bills, also under a former price; `null` for fees and one-off items. */
  meterId: string | null;
  subscriptionId: string | null;
  /** Net of discounts, before credits and tax. Minor units; may be negative (proration). */
  netAmountMinor: number;
  /** What the provider would take from credits for this line, as if the document were alone. */
  providerCreditMinor: number;
  /** Decimal string; `null` where the line has no quantity. */
  quantity: string | null;
  period: TimeSpan;
}

/** A draft invoice, or the preview of a subscription's next one. */
export interface RawDocument {
  kind: 'draft' | 'preview';
  /** Stable within a snapshot. */
  documentId: string;
  subscriptionId: string | null;
  currency: string;
  /** The instant that decides which grants are eligible. */
  periodEndMs: number;
  createdAtMs: number;
  /** After discounts, tax and the provider's own idea of credits; before the customer's balance. May be negative. */
  totalMinor: number;
  /** The customer's balance that will be settled with it: negative in their favour. The same on all documents. */
  startingBalanceMinor: number;
  /** All credits the provider shows on it, as if it were alone. */
  providerCreditMinor: number;
  lines: RawDocumentLine[];
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

export interface RawInvoice {
  invoiceId: string;
  number: string | null;
  status: 'draft' | 'open' | 'paid' | 'uncollectible' | 'void';
  currency: string;
  createdAtMs: number;
  servicePeriod: TimeSpan | null;
  subtotalMinor: number;
  creditsAppliedMinor: number;
  totalMinor: number;
  amountDueMinor: number;
  amountPaidMinor: number;
  amountRemainingMinor: number;
  hostedUrl: string | null;
  pdfUrl: string | null;
}

export interface Page<T> {
  items: T[];
  /** Pass as `cursor` for the next page; `null` on the last one. */
  nextCursor: string | null;
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
   * owner. `expired` and `canceled`: it can never be paid.
   */
  state: 'open' | 'requires_action' | 'processing' | 'paid' | 'declined' | 'expired' | 'canceled';
  /** The payment page while it can be used; `null` for embedded pages and charges. */
  url: string | null;
  /** What the provider's script needs to show an embedded page; `null` otherwise. */
  clientSecret: string | null;
  declined: DeclineReason | null;
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
 * Something that happened at the provider. A hint, never a fact: whoever handles it asks the provider what is true
 * now. Order and repetition therefore do not matter.
 */
export interface RawProviderEvent {
  eventId: string;
  type: string;
  payload: 'snapshot' | 'thin';
  createdAtMs: number;
  livemode: boolean;
  /** `null`: the event does not say. */
  customerId: string | null;
  /** What it says about a payment of a top-up: our id where it is noted, and the provider's ids; `null`: it is about something else. */
  payment: { topUpId: string | null; paymentIds: string[] } | null;
  /** As it came. */
  body: string;
}

export interface GatewayCallOptions {
  signal?: AbortSignal;
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
  endGrant(query: { customerId: string; grantId: string }, options?: GatewayCallOptions): Promise<void>;
}

/** Listening to the provider. */
export interface EventGateway {
  /**
   * The event in a delivery. Rejects with `invalid_input` and words for the operator when the signature does not fit any of
   * the secrets, is too old, or the body is none of the provider's. `nowMs` is the clock that signatures are held against.
   */
  readDelivery(delivery: {
    body: Uint8Array;
    signature: string | null;
    secrets: readonly string[];
    nowMs: number;
  }): Promise<RawProviderEvent>;
  /** An event that was stored as it came. */
  readStored(body: string): RawProviderEvent;
  /** The events of these types that happened at or after `sinceMs`, oldest first, as far back as the provider keeps them. */
  listEvents(
    query: { sinceMs: number; types: readonly string[] },
    options?: GatewayCallOptions,
  ): Promise<RawProviderEvent[]>;
  /** The event types that the kit asks the provider to send, by kind of payload. */
  wantedTypes: Readonly<Record<'snapshot' | 'thin', readonly string[]>>;
  listDestinations(options?: GatewayCallOptions): Promise<RawEventDestination[]>;
  createDestination(
    destination: NewEventDestination,
    options?: GatewayCallOptions,
  ): Promise<RawEventDestination>;
  updateDestination(
    destination: { destinationId: string; types: readonly string[] },
    options?: GatewayCallOptions,
  ): Promise<RawEventDestination>;
}

/** Where the provider sends events to. */
export interface RawEventDestination {
  destinationId: string;
  url: string;
  payload: 'snapshot' | 'thin';
  types: string[];
  enabled: boolean;
  /** Told once, when it is made; `null` afterwards. */
  secret: string | null;
}

export interface NewEventDestination {
  name: string;
  url: string;
  payload: 'snapshot' | 'thin';
  types: readonly string[];
}

/**
 * The seam between the kit and a billing provider. An implementation translates names, units and errors and
 * decides nothing. Rules: lists are complete (all pages) unless they return a `Page`; ranges are `[start, end)`;
 * times are Unix ms; every rejection is a `BillingError` (`customer_not_found`, `provider_rate_limited`,
 * `provider_unavailable`, `provider_rejected`, `not_found`, `conflict`), with the provider's own error as cause.
 * Optional members are capabilities.
 */
export interface BillingGateway {
  /** All meters, inactive ones included. */
  listMeters(options?: GatewayCallOptions): Promise<RawMeter[]>;
  /** Ascending, sparse: windows without events have no row (`none` returns one row, which may be zero). */
  listUsage(
    query: { meterId: string; customerId: string; window: UsageWindow },
    options?: GatewayCallOptions,
  ): Promise<RawUsageRow[]>;
  /** Subscriptions that have not ended, oldest first. Rejects with `customer_not_found`. */
  listSubscriptions(customerId: string, options?: GatewayCallOptions): Promise<RawSubscription[]>;
  getPrice(priceId: string, options?: GatewayCallOptions): Promise<RawPrice>;
  /** All grants, voided and expired ones included. */
  listCreditGrants(customerId: string, options?: GatewayCallOptions): Promise<RawCreditGrant[]>;
  /** The whole ledger. */
  listCreditTransactions(customerId: string, options?: GatewayCallOptions): Promise<RawCreditTransaction[]>;
  /** Draft invoices with all their lines. */
  listDrafts(customerId: string, options?: GatewayCallOptions): Promise<RawDocument[]>;
  /** The next invoice of a subscription, or `null` when there will be none. */
  previewInvoice(
    query: { customerId: string; subscriptionId: string },
    options?: GatewayCallOptions,
  ): Promise<RawDocument | null>;
  /** Newest first. Rejects with `customer_not_found`, and with `not_found` for a cursor that is not this customer's. */
  listInvoices(
    query: { customerId: string; limit: number; cursor: string | null },
    options?: GatewayCallOptions,
  ): Promise<Page<RawInvoice>>;
  /** Every active price that a meter feeds, whoever is billed by it. */
  listMeteredPrices?(options?: GatewayCallOptions): Promise<Pick<RawPrice, 'currency' | 'meterId'>[]>;
  topUps?: TopUpGateway;
  events?: EventGateway;
}
