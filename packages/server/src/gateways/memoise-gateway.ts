import type { BillingGateway } from '../gateway.ts';

/**
 * The same gateway for the length of one request: each thing is read once, however many ask; payments, and what
 * writes, pass through. Results are shared: treat them as read-only.
 */
export function memoiseGateway(gateway: BillingGateway): BillingGateway {
  const read = new Map<string, Promise<unknown>>();

  function once<T>(method: string, query: unknown, call: () => Promise<T>): Promise<T> {
    const key = `${method} ${JSON.stringify(query)}`;
    const known = read.get(key) as Promise<T> | undefined;
    if (known) return known;
    const started = call();
    read.set(key, started);
    return started;
  }

  const memoised: BillingGateway = {
    listMeters: () => once('listMeters', null, () => gateway.listMeters()),
    listUsage: (query) => once('listUsage', query, () => gateway.listUsage(query)),
    listSubscriptions: (id) => once('listSubscriptions', id, () => gateway.listSubscriptions(id)),
    getPrice: (id) => once('getPrice', id, () => gateway.getPrice(id)),
    listCreditGrants: (id) => once('listCreditGrants', id, () => gateway.listCreditGrants(id)),
    listCreditTransactions: (id) =>
      once('listCreditTransactions', id, () => gateway.listCreditTransactions(id)),
    listDrafts: (id) => once('listDrafts', id, () => gateway.listDrafts(id)),
    previewInvoice: (query) => once('previewInvoice', query, () => gateway.previewInvoice(query)),
    listInvoices: (query) => once('listInvoices', query, () => gateway.listInvoices(query)),
  };
  const { topUps, events } = gateway;
  return { ...memoised, ...(topUps ? { topUps } : {}), ...(events ? { events } : {}) };
}
