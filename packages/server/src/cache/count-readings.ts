import type { BillingGateway, TopUpGateway } from '../gateway.ts';
import type { ProviderCalls } from './provider-calls.ts';

/**
 * The same gateway, whose readings for dashboards may be refused once the month's readings are spent, or a customer's
 * of a day. To a customer counts what they can ask for in ever new ways: ranges, pages, cards and receipts. Their
 * balance is a fixed set of readings, which is always shown. What moves money is neither.
 */
export function countReadings(gateway: BillingGateway, readFor: ProviderCalls['readFor']): BillingGateway {
  const { topUps } = gateway;
  return {
    ...gateway,
    listMeters: (options) => readFor(null, () => gateway.listMeters(options)),
    getPrice: (id, options) => readFor(null, () => gateway.getPrice(id, options)),
    listSubscriptions: (id, options) => readFor(null, () => gateway.listSubscriptions(id, options)),
    listDrafts: (id, options) => readFor(null, () => gateway.listDrafts(id, options)),
    listCreditTransactions: (id, options) => readFor(null, () => gateway.listCreditTransactions(id, options)),
    listCreditGrants: (id, options) => readFor(null, () => gateway.listCreditGrants(id, options)),
    previewInvoice: (query, options) => readFor(null, () => gateway.previewInvoice(query, options)),
    listUsage: (query, options) => readFor(query.customerId, () => gateway.listUsage(query, options)),
    listInvoices: (query, options) => readFor(query.customerId, () => gateway.listInvoices(query, options)),
    ...(topUps ? { topUps: countTopUps(topUps, readFor) } : {}),
  };
}

function countTopUps(topUps: TopUpGateway, readFor: ProviderCalls['readFor']): TopUpGateway {
  return {
    ...topUps,
    getSavedCard: (id, options) => readFor(id, () => topUps.getSavedCard(id, options)),
    getReceiptUrl: (query, options) => readFor(query.customerId, () => topUps.getReceiptUrl(query, options)),
  };
}
