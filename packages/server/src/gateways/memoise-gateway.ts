import type { BillingGateway } from '../gateway.ts';

/** How calls of one request are made. */
export interface MemoOptions {
  /** Handed to every call. */
  signal?: AbortSignal;
  /** The most usage readings under way at a time. */
  maxInFlight?: number;
}

/**
 * The same gateway for the length of one request: each thing is read once, however many ask. Top-ups pass through
 * untouched. Results are shared: treat them as read-only.
 */
export function memoiseGateway(gateway: BillingGateway, memo: MemoOptions = {}): BillingGateway {
  const { signal, maxInFlight = 8 } = memo;
  const options = signal ? { signal } : {};
  const read = new Map<string, Promise<unknown>>();
  const inTurn = createTurnstile(maxInFlight);

  function once<T>(method: string, query: unknown, call: () => Promise<T>): Promise<T> {
    const key = `${method} ${JSON.stringify(query)}`;
    const known = read.get(key) as Promise<T> | undefined;
    if (known) return known;
    const started = call();
    read.set(key, started);
    return started;
  }

  const memoised: BillingGateway = {
    listMeters: () => once('listMeters', null, () => gateway.listMeters(options)),
    listUsage: (query) => once('listUsage', query, () => inTurn(() => gateway.listUsage(query, options))),
    listSubscriptions: (id) => once('listSubscriptions', id, () => gateway.listSubscriptions(id, options)),
    getPrice: (id) => once('getPrice', id, () => gateway.getPrice(id, options)),
    listCreditGrants: (id) => once('listCreditGrants', id, () => gateway.listCreditGrants(id, options)),
    listCreditTransactions: (id) =>
      once('listCreditTransactions', id, () => gateway.listCreditTransactions(id, options)),
    listDrafts: (id) => once('listDrafts', id, () => gateway.listDrafts(id, options)),
    previewInvoice: (query) => once('previewInvoice', query, () => gateway.previewInvoice(query, options)),
    listInvoices: (query) => once('listInvoices', query, () => gateway.listInvoices(query, options)),
  };
  return gateway.topUps ? { ...memoised, topUps: gateway.topUps } : memoised;
}

/** Lets so many run at a time; the others wait in line. */
function createTurnstile(maxInFlight: number) {
  const waiting: (() => void)[] = [];
  let inFlight = 0;
  return async function inTurn<T>(run: () => Promise<T>): Promise<T> {
    if (inFlight >= maxInFlight) await new Promise<void>((admit) => waiting.push(admit));
    else inFlight += 1;
    try {
      return await run();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else inFlight -= 1;
    }
  };
}
