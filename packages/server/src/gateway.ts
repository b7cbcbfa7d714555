import type { TimeSpan } from '@meterboard/contract';
import type {
  GatewayCallOptions,
  RawCreditGrant,
  RawCreditTransaction,
  TopUpGateway,
} from './credit-gateway.ts';
import type { EventGateway } from './event-gateway.ts';

export type * from './credit-gateway.ts';
export type * from './event-gateway.ts';

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
  /** Empty: per unit at `unitAmountMinor`; with neither, it has a scheme that this version does not know. */
  tiers: RawTier[];
  tiersMode: 'graduated' | 'volume' | null;
  /** Minor units per unit or, where `transformQuantity` is set, per package; decimal string; `null` where tiers decide. */
  unitAmountMinor: string | null;
  /**
   * Sells packages: the quantity is divided by a whole number of at least 1 and rounded; `null` where it is not. `other`: a
   * rounding that this version does not know.
   */
  transformQuantity: { divideBy: number; round: 'down' | 'up' | 'other' } | null;
  /** Its own name or its product's, for people; left out or `null`: it has none. */
  name?: string | null;
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
  /** The day of the month that they fall on where the anchor's own month was too short for it; left out: the anchor's day. */
  billingAnchorDay?: number;
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
  /** What discounts take from it; minor units, not negative. */
  discountMinor: number;
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
