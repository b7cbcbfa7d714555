import type { ProviderCalls } from '../../cache/provider-calls.ts';
import type { BillingGateway } from '../../gateway.ts';
import type { Logger } from '../../logger.ts';
import { countStripeCalls } from './count-calls.ts';
import { listCreditGrants, listCreditTransactions } from './credits.ts';
import { listDrafts, previewInvoice } from './documents.ts';
import { createEventGateway } from './events.ts';
import { listInvoices } from './invoices.ts';
import { listMeteredPrices } from './metered-prices.ts';
import { listMeters, listUsage } from './meters.ts';
import { createPriceBook } from './prices.ts';
import { asStripe, type StripeClient } from './stripe-client.ts';
import { listSubscriptions } from './subscriptions.ts';
import { createTopUpGateway } from './top-ups.ts';
import { translating } from './translate-error.ts';

/** Stripe billing meters, invoices, credit grants and Checkout behind the gateway's names, units and errors. */
export function createStripeGateway(
  client: StripeClient,
  parts: { logger?: Logger; calls?: ProviderCalls } = {},
): BillingGateway {
  const stripe = parts.calls ? countStripeCalls(asStripe(client), parts.calls) : asStripe(client);
  const prices = createPriceBook(stripe);
  return {
    listMeters: (options) => translating(() => listMeters(stripe), options?.signal),
    listUsage: (query, options) => translating(() => listUsage(stripe, query), options?.signal),
    listSubscriptions: (customerId, options) =>
      translating(() => listSubscriptions(stripe, customerId, prices), options?.signal),
    getPrice: (priceId, options) => translating(() => prices.get(priceId), options?.signal),
    listCreditGrants: (customerId, options) =>
      translating(() => listCreditGrants(stripe, customerId), options?.signal),
    listCreditTransactions: (customerId, options) =>
      translating(() => listCreditTransactions(stripe, customerId), options?.signal),
    listDrafts: (customerId, options) =>
      translating(() => listDrafts(stripe, customerId, prices), options?.signal),
    previewInvoice: (query, options) =>
      translating(() => previewInvoice(stripe, query, prices), options?.signal),
    listInvoices: (query, options) => translating(() => listInvoices(stripe, query), options?.signal),
    listMeteredPrices: (options) => translating(() => listMeteredPrices(stripe), options?.signal),
    topUps: createTopUpGateway(stripe),
    events: createEventGateway(stripe, parts),
  };
}
