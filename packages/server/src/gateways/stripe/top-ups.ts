import type Stripe from 'stripe';
import type { TopUpGateway } from '../../gateway.ts';
import { closeCharge, createCharge, getCharge, getChargeReceipt, getSavedCard } from './charges.ts';
import { closeCheckout, createCheckout, getCheckout, getCheckoutReceipt } from './checkouts.ts';
import { createGrant, endGrant } from './credits.ts';
import { findPayments, readOwner } from './payments.ts';
import { livemodeOf } from './stripe-client.ts';
import { isMissing, translating } from './translate-error.ts';

/** Checkout Sessions, off-session payment intents and credit grants. */
export function createTopUpGateway(stripe: Stripe): TopUpGateway {
  return {
    livemode: livemodeOf(stripe),
    createCheckout: (checkout, options) =>
      translating(() => createCheckout(stripe, checkout), options?.signal),
    createCharge: (charge, options) => translating(() => createCharge(stripe, charge), options?.signal),
    getPayment: ({ kind, ...query }, options) =>
      translating(
        () => (kind === 'checkout' ? getCheckout(stripe, query) : getCharge(stripe, query)),
        options?.signal,
      ),
    closePayment: ({ kind, ...query }, options) =>
      translating(
        () => (kind === 'checkout' ? closeCheckout(stripe, query) : closeCharge(stripe, query)),
        options?.signal,
      ),
    findPayments: (query, options) => translating(() => findPayments(stripe, query), options?.signal),
    findTopUpOf: (paymentId, options) => translating(() => findTopUpOf(stripe, paymentId), options?.signal),
    getSavedCard: (customerId, options) =>
      translating(() => getSavedCard(stripe, customerId), options?.signal),
    getReceiptUrl: ({ kind, ...query }, options) =>
      translating(
        () => (kind === 'checkout' ? getCheckoutReceipt(stripe, query) : getChargeReceipt(stripe, query)),
        options?.signal,
      ),
    createGrant: (grant, options) => translating(() => createGrant(stripe, grant), options?.signal),
    endGrant: (query, options) => translating(() => endGrant(stripe, query), options?.signal),
  };
}

async function findTopUpOf(stripe: Stripe, paymentId: string): Promise<string | null> {
  try {
    const { metadata } = paymentId.startsWith('cs_')
      ? await stripe.checkout.sessions.retrieve(paymentId)
      : await stripe.paymentIntents.retrieve(paymentId);
    return readOwner(metadata)?.topUpId ?? null;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
