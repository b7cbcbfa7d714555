import { BillingError } from '@meterboard/contract';
import type {
  NewTopUpPayment,
  RawCreditGrant,
  RawTopUpPayment,
  TopUpGateway,
  TopUpPaymentKind,
} from '../gateway.ts';
import type { MemoryCustomer } from './memory-world.ts';

/** The money side of a memory gateway: payments wait until a test says that they are paid; charges succeed at once. */
export function createMemoryTopUps(
  find: (customerId: string) => MemoryCustomer,
  nowMs: () => number,
  all: () => MemoryCustomer[],
): TopUpGateway {
  const once = createKeys();

  function open(kind: TopUpPaymentKind, payment: NewTopUpPayment): RawTopUpPayment {
    const { topUpId, n, price, credit } = payment;
    const paymentId = `${kind}_${topUpId}_${n}`;
    return {
      kind,
      paymentId,
      topUpId,
      n,
      state: 'open',
      url: kind === 'checkout' ? `https://payments.example/${topUpId}/${n}` : null,
      clientSecret: null,
      isFinal: false,
      declined: null,
      asked: price,
      noted: { price, credit },
      intentId: kind === 'checkout' ? null : paymentId,
      charge: null,
      livemode: false,
      createdAtMs: nowMs(),
    };
  }

  function pay(payment: RawTopUpPayment): RawTopUpPayment {
    const { currency, amountMinor: chargedMinor } = payment.asked;
    return Object.assign(payment, {
      state: 'paid',
      url: null,
      charge: { currency, chargedMinor, refundedMinor: 0, disputedMinor: 0 },
    } satisfies Partial<RawTopUpPayment>);
  }

  function get({ customerId, paymentId }: { customerId: string; paymentId: string }): RawTopUpPayment {
    const payment = find(customerId).payments.find((known) => known.paymentId === paymentId);
    if (!payment) throw new BillingError('not_found');
    return payment;
  }

  return {
    livemode: false,
    createCheckout: async (checkout) =>
      once(checkout.idempotencyKey, checkout, () => {
        const payment = open('checkout', checkout);
        if (checkout.isEmbedded)
          Object.assign(payment, { url: null, clientSecret: `${payment.paymentId}_secret` });
        find(checkout.customerId).payments.unshift(payment);
        return payment;
      }),
    createCharge: async (charge) =>
      once(charge.idempotencyKey, charge, () => {
        const payment = pay(open('charge', charge));
        find(charge.customerId).payments.unshift(payment);
        return payment;
      }),
    getPayment: async (query) => ({ ...get(query) }),
    async closePayment(query) {
      const payment = get(query);
      const state = payment.kind === 'checkout' ? 'expired' : 'canceled';
      if (payment.state === 'open' || payment.state === 'declined')
        Object.assign(payment, { state, url: null, isFinal: true });
      return { ...payment };
    },
    findPayments: async ({ customerId, topUpId, kind, sinceMs }) =>
      find(customerId)
        .payments.filter((one) => one.topUpId === topUpId && one.kind === kind && one.createdAtMs >= sinceMs)
        .map(({ n, paymentId }) => ({ topUpId, n, kind, paymentId })),
    findTopUpOf: async (paymentId) =>
      all()
        .flatMap(({ payments }) => payments)
        .find((payment) => payment.paymentId === paymentId)?.topUpId ?? null,
    getSavedCard: async (customerId) => find(customerId).savedCard,
    getReceiptUrl: async (query) => `https://payments.example/receipts/${get(query).paymentId}`,
    createGrant: async (grant) =>
      once(grant.idempotencyKey, grant, () => {
        const made: RawCreditGrant = {
          grantId: `grant_${grant.ownerId}_${grant.generation}`,
          name: grant.name,
          category: grant.category,
          amount: grant.amount,
          priority: grant.priority,
          priceIds: null,
          effectiveAtMs: nowMs(),
          expiresAtMs: grant.expiresAtMs,
          voidedAtMs: null,
          createdAtMs: nowMs(),
          owner: { ownerId: grant.ownerId, generation: grant.generation },
        };
        const customer = find(grant.customerId);
        customer.grants.push(made);
        customer.transactions.push({
          grantId: made.grantId,
          kind: 'granted',
          signedMinor: grant.amount.amountMinor,
          currency: grant.amount.currency,
          effectiveAtMs: nowMs(),
        });
        return made;
      }),
    async endGrant({ customerId, grantId }) {
      const customer = find(customerId);
      const grant = customer.grants.find((known) => known.grantId === grantId);
      if (!grant) throw new BillingError('not_found');
      const ledger = customer.transactions.filter((entry) => entry.grantId === grantId);
      const leftMinor = ledger.reduce((sum, { signedMinor }) => sum + signedMinor, 0);
      if (leftMinor <= 0) return;
      const isUntouched = ledger.every(({ kind }) => kind === 'granted');
      Object.assign(grant, isUntouched ? { voidedAtMs: nowMs() } : { expiresAtMs: nowMs() });
      customer.transactions.push({
        grantId,
        kind: isUntouched ? 'voided' : 'expired',
        signedMinor: -leftMinor,
        currency: grant.amount.currency,
        effectiveAtMs: nowMs(),
      });
    },
  };
}

/** The first result for a key, and `conflict` for other content under it. */
function createKeys() {
  const known = new Map<string, { content: string; result: object }>();
  return function once<T extends object>(key: string, content: object, make: () => T): T {
    const text = JSON.stringify(content);
    const first = known.get(key);
    if (first && first.content !== text) throw new BillingError('conflict', { answered: true });
    const result = (first?.result as T | undefined) ?? make();
    known.set(key, { content: text, result });
    return structuredClone(result);
  };
}
