import { BillingError } from '@meterboard/contract';
import type { BillingGateway, GatewayCallOptions, TopUpGateway } from '../gateway.ts';

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
  const { topUps, events } = gateway;
  return {
    ...limited,
    ...(topUps ? { topUps: limitTopUps(topUps, options, call) } : {}),
    ...(events ? { events } : {}),
  };
}

/** What reads may be given up; what moves money or credits is finished even when nobody waits any more. */
function limitTopUps(
  topUps: TopUpGateway,
  options: GatewayCallOptions,
  call: <T>(run: () => Promise<T>) => Promise<T>,
): TopUpGateway {
  return {
    livemode: topUps.livemode,
    createCheckout: (checkout) => call(() => topUps.createCheckout(checkout)),
    createCharge: (charge) => call(() => topUps.createCharge(charge)),
    getPayment: (query) => call(() => topUps.getPayment(query, options)),
    closePayment: (query) => call(() => topUps.closePayment(query)),
    findPayments: (query) => call(() => topUps.findPayments(query, options)),
    findTopUpOf: (paymentId) => call(() => topUps.findTopUpOf(paymentId, options)),
    getSavedCard: (customerId) => call(() => topUps.getSavedCard(customerId, options)),
    getReceiptUrl: (query) => call(() => topUps.getReceiptUrl(query, options)),
    createGrant: (grant) => call(() => topUps.createGrant(grant)),
    endGrant: (query) => call(() => topUps.endGrant(query)),
  };
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
