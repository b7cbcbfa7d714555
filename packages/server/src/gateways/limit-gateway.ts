import { BillingError } from '@meterboard/contract';
import type { BillingGateway, TopUpGateway } from '../gateway.ts';

/** What one request may do to the provider. */
export interface GatewayLimits {
  /** Handed to every reading; what sells credits is finished even when nobody waits any more. */
  signal?: AbortSignal;
  /** The most calls under way at a time; the others wait in line. */
  maxInFlight?: number;
  /** The most calls in all. */
  maxCalls?: number;
}

/**
 * The same gateway within limits. A call beyond `maxCalls` is not made and rejects with
 * `BillingError('provider_rate_limited')`.
 */
export function limitGateway(gateway: BillingGateway, limits: GatewayLimits = {}): BillingGateway {
  const { signal, maxInFlight = 8, maxCalls = 400 } = limits;
  const options = signal ? { signal } : {};
  const inTurn = createTurnstile(maxInFlight);
  let callCount = 0;

  async function call<T>(run: () => Promise<T>): Promise<T> {
    callCount += 1;
    if (callCount > maxCalls) {
      const cause = new Error(`one request needs more than ${maxCalls} calls to the billing provider`);
      throw new BillingError('provider_rate_limited', { cause });
    }
    return inTurn(run);
  }

  const limited: BillingGateway = {
    listMeters: () => call(() => gateway.listMeters(options)),
    listUsage: (query) => call(() => gateway.listUsage(query, options)),
    listSubscriptions: (id) => call(() => gateway.listSubscriptions(id, options)),
    getPrice: (id) => call(() => gateway.getPrice(id, options)),
    listCreditGrants: (id) => call(() => gateway.listCreditGrants(id, options)),
    listCreditTransactions: (id) => call(() => gateway.listCreditTransactions(id, options)),
    listDrafts: (id) => call(() => gateway.listDrafts(id, options)),
    previewInvoice: (query) => call(() => gateway.previewInvoice(query, options)),
    listInvoices: (query) => call(() => gateway.listInvoices(query, options)),
  };
  const { topUps } = gateway;
  if (!topUps) return limited;
  const limitedTopUps: TopUpGateway = {
    createPayment: (payment) => call(() => topUps.createPayment(payment)),
    listPayments: (query) => call(() => topUps.listPayments(query, options)),
    getPayment: (query) => call(() => topUps.getPayment(query, options)),
    createGrant: (grant) => call(() => topUps.createGrant(grant)),
  };
  return { ...limited, topUps: limitedTopUps };
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
