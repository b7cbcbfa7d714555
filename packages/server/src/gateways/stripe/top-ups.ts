import type { Money } from '@meterboard/contract';
import type Stripe from 'stripe';
import type { NewTopUpPayment, RawTopUpPayment } from '../../gateway.ts';
import { fromMinor, fromSec, idOf, safeUrl, unknownShape } from './from-stripe.ts';
import { pageSize } from './list-all.ts';

/** A Checkout Session that takes one payment. What it is worth is frozen in its metadata. */
export async function createPayment(stripe: Stripe, payment: NewTopUpPayment): Promise<RawTopUpPayment> {
  const metadata = toMetadata(payment);
  const session = await stripe.checkout.sessions.create(
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
    { idempotencyKey: payment.idempotencyKey },
  );
  return fromStripeSession(stripe, session, payment.topUpId);
}

/** Stripe cannot search sessions by metadata: the customer's own are walked, newest first, until it is found. */
export async function findPayment(
  stripe: Stripe,
  customerId: string,
  topUpId: string,
): Promise<RawTopUpPayment | null> {
  for await (const session of stripe.checkout.sessions.list({ customer: customerId, limit: pageSize })) {
    if (session.metadata?.topup_id === topUpId) return fromStripeSession(stripe, session, topUpId);
  }
  return null;
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

async function fromStripeSession(
  stripe: Stripe,
  session: Stripe.Checkout.Session,
  topUpId: string,
): Promise<RawTopUpPayment> {
  const metadata = session.metadata ?? {};
  const months = readText(metadata, 'expires_after_months');
  const state = await stateOf(stripe, session);
  return {
    topUpId,
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
    expiresAfterMonths: months === 'never' ? null : Number(months),
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
  if (text === undefined) throw unknownShape(`${key} in a top-up's metadata`);
  return text;
}

function readMoney(metadata: Stripe.Metadata, part: 'price' | 'credit'): Money {
  const amountMinor = Number(readText(metadata, `${part}_minor`));
  return {
    amountMinor: fromMinor(amountMinor, `${part}_minor in a top-up's metadata`),
    currency: readText(metadata, `${part}_currency`),
  };
}
