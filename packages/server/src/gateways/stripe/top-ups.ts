import { BillingError, type Money } from '@meterboard/contract';
import type Stripe from 'stripe';
import type { NewTopUpPayment, RawTopUpPayment, RawTopUpReference } from '../../gateway.ts';
import { fromMinor, fromSec, idOf, safeUrl, unknownShape } from './from-stripe.ts';
import { listAll, pageSize } from './list-all.ts';
import { isMissing, isServerFailure } from './translate-error.ts';

/** How often a payment is tried under a key of its own while Stripe breaks. */
const maxKeys = 3;

/**
 * A Checkout Session that takes one payment. What it is worth is frozen in its metadata. Stripe replays even a
 * failure of its own under a used key (docs "Idempotent requests", 2026-05): after one, and once the customer's
 * sessions show that none was made, the next key is used.
 */
export async function createPayment(stripe: Stripe, payment: NewTopUpPayment): Promise<RawTopUpPayment> {
  const { customerId, topUpId, idempotencyKey } = payment;
  for (let keyIndex = 1; ; keyIndex += 1) {
    try {
      const key = keyIndex === 1 ? idempotencyKey : `${idempotencyKey}:${keyIndex}`;
      return await fromStripeSession(stripe, await createSession(stripe, payment, key));
    } catch (error) {
      if (keyIndex === maxKeys || !isServerFailure(error)) throw error;
      const made = (await listPayments(stripe, { customerId, sinceMs: 0 })).find(
        (known) => known.topUpId === topUpId,
      );
      if (made) return getPayment(stripe, { customerId, paymentId: made.paymentId });
    }
  }
}

async function createSession(
  stripe: Stripe,
  payment: NewTopUpPayment,
  idempotencyKey: string,
): Promise<Stripe.Checkout.Session> {
  const metadata = toMetadata(payment);
  return stripe.checkout.sessions.create(
    {
      mode: 'payment',
      customer: payment.customerId,
      client_reference_id: payment.topUpId,
      line_items: [
        {
          quantity: 1,
          price_data: {
            currency: payment.price.currency,
            unit_amount: payment.price.amountMinor,
            product_data: { name: payment.label },
          },
        },
      ],
      metadata,
      payment_intent_data: { metadata },
      success_url: payment.successUrl,
      cancel_url: payment.cancelUrl,
    },
    { idempotencyKey },
  );
}

/** Stripe cannot search sessions by metadata: the customer's own are walked. */
export async function listPayments(
  stripe: Stripe,
  { customerId, sinceMs }: { customerId: string; sinceMs: number },
): Promise<RawTopUpReference[]> {
  const sessions = await listAll(
    stripe.checkout.sessions.list({
      customer: customerId,
      created: { gte: Math.floor(sinceMs / 1000) },
      limit: pageSize,
    }),
  );
  return sessions.flatMap(({ id, metadata, status }) => {
    const topUpId = metadata?.topup_id;
    return topUpId === undefined ? [] : [{ topUpId, paymentId: id, isOpen: status === 'open' }];
  });
}

export async function getPayment(
  stripe: Stripe,
  { customerId, paymentId }: { customerId: string; paymentId: string },
): Promise<RawTopUpPayment> {
  const session = await retrieveSession(stripe, paymentId);
  if (!session?.customer || idOf(session.customer) !== customerId) throw new BillingError('not_found');
  return fromStripeSession(stripe, session);
}

async function retrieveSession(stripe: Stripe, paymentId: string): Promise<Stripe.Checkout.Session | null> {
  try {
    return await stripe.checkout.sessions.retrieve(paymentId);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function toMetadata(payment: NewTopUpPayment): Record<string, string> {
  return {
    topup_id: payment.topUpId,
    package: payment.packageId,
    label: payment.label,
    price_minor: String(payment.price.amountMinor),
    price_currency: payment.price.currency,
    credit_minor: String(payment.credit.amountMinor),
    credit_currency: payment.credit.currency,
    expires_after_months: payment.expiresAfterMonths === null ? 'never' : String(payment.expiresAfterMonths),
  };
}

async function fromStripeSession(stripe: Stripe, session: Stripe.Checkout.Session): Promise<RawTopUpPayment> {
  const metadata = session.metadata ?? {};
  const state = await stateOf(stripe, session);
  return {
    topUpId: readText(metadata, 'topup_id'),
    packageId: readText(metadata, 'package'),
    label: readText(metadata, 'label'),
    state,
    url: state === 'open' ? safeUrl(session.url) : null,
    price: readMoney(metadata, 'price'),
    asked: {
      amountMinor: fromMinor(session.amount_subtotal, 'session.amount_subtotal'),
      currency: session.currency ?? '',
    },
    credit: readMoney(metadata, 'credit'),
    expiresAfterMonths: readMonths(metadata),
    createdAtMs: fromSec(session.created, 'session.created'),
  };
}

/** A completed session without its money is on its way (delayed methods), unless its payment has come to an end. */
async function stateOf(stripe: Stripe, session: Stripe.Checkout.Session): Promise<RawTopUpPayment['state']> {
  if (session.payment_status === 'paid') return 'paid';
  if (session.status === 'open') return 'open';
  if (session.status === 'expired') return 'expired';
  if (session.payment_status !== 'unpaid') throw unknownShape('session.payment_status');
  if (!session.payment_intent) return 'processing';
  const intent = await stripe.paymentIntents.retrieve(idOf(session.payment_intent));
  const hasEnded = intent.status === 'canceled' || intent.status === 'requires_payment_method';
  return hasEnded ? 'canceled' : 'processing';
}

function readText(metadata: Stripe.Metadata, key: string): string {
  const text = metadata[key];
  if (text === undefined || text === '') throw unknownShape(`${key} in a top-up's metadata`);
  return text;
}

/** Metadata can be edited in Stripe's dashboard: what could not have been sold is not believed. */
function readMoney(metadata: Stripe.Metadata, part: 'price' | 'credit'): Money {
  const amountMinor = Number(readText(metadata, `${part}_minor`));
  const currency = readText(metadata, `${part}_currency`);
  if (!Number.isSafeInteger(amountMinor) || amountMinor <= 0 || !/^[a-z]{3}$/.test(currency)) {
    throw unknownShape(`${part} in a top-up's metadata`);
  }
  return { amountMinor, currency };
}

function readMonths(metadata: Stripe.Metadata): number | null {
  const text = readText(metadata, 'expires_after_months');
  if (text === 'never') return null;
  const months = Number(text);
  if (!Number.isInteger(months) || months < 1 || months > 120) {
    throw unknownShape("expires_after_months in a top-up's metadata");
  }
  return months;
}
