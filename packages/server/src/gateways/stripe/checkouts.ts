import { BillingError } from '@meterboard/contract';
import type Stripe from 'stripe';
import type { NewCheckout, RawTopUpPayment } from '../../gateway.ts';
import { fromMinor, fromSec, idOf, safeUrl, unknownShape } from './from-stripe.ts';
import { intentIdOf, readCharge, readNoted, readOwner, toMetadata } from './payments.ts';
import { isMissing, isRefusal } from './translate-error.ts';

const expand = ['payment_intent.latest_charge'];

/** A Checkout Session that takes one payment, on Stripe's page or embedded in the host's. */
export async function createCheckout(stripe: Stripe, checkout: NewCheckout): Promise<RawTopUpPayment> {
  const metadata = toMetadata(checkout, 'checkout');
  const session = await stripe.checkout.sessions.create(
    {
      mode: 'payment',
      customer: checkout.customerId,
      client_reference_id: checkout.topUpId,
      line_items: [
        {
          quantity: 1,
          price_data: {
            currency: checkout.price.currency,
            unit_amount: checkout.price.amountMinor,
            product_data: { name: checkout.label },
          },
        },
      ],
      metadata,
      payment_intent_data: { metadata },
      ...(checkout.isEmbedded
        ? {
            ui_mode: 'embedded_page' as const,
            return_url: checkout.successUrl,
            redirect_on_completion: 'if_required' as const,
          }
        : { success_url: checkout.successUrl, cancel_url: checkout.cancelUrl }),
      ...(checkout.automaticTax
        ? { automatic_tax: { enabled: true }, customer_update: { address: 'auto' as const } }
        : {}),
      ...(checkout.promotionCodes ? { allow_promotion_codes: true } : {}),
      ...(checkout.invoice ? { invoice_creation: { enabled: true } } : {}),
      ...(checkout.offerToSaveCard
        ? { saved_payment_method_options: { payment_method_save: 'enabled' as const } }
        : {}),
    },
    { idempotencyKey: checkout.idempotencyKey },
  );
  return fromStripeSession(stripe, session);
}

export async function getCheckout(
  stripe: Stripe,
  { customerId, paymentId }: { customerId: string; paymentId: string },
): Promise<RawTopUpPayment> {
  return fromStripeSession(stripe, await retrieveSession(stripe, customerId, paymentId));
}

/** Expires the session, unless it is complete. */
export async function closeCheckout(
  stripe: Stripe,
  query: { customerId: string; paymentId: string },
): Promise<RawTopUpPayment> {
  const { customerId, paymentId } = query;
  const session = await retrieveSession(stripe, customerId, paymentId);
  if (session.status !== 'open') return fromStripeSession(stripe, session);
  try {
    return await fromStripeSession(stripe, await stripe.checkout.sessions.expire(paymentId, { expand }));
  } catch (error) {
    if (isRefusal(error)) return getCheckout(stripe, query);
    throw error;
  }
}

/** The session's invoice where it makes one, otherwise the receipt of its charge. */
export async function getCheckoutReceipt(
  stripe: Stripe,
  { customerId, paymentId }: { customerId: string; paymentId: string },
): Promise<string | null> {
  const session = await retrieveSession(stripe, customerId, paymentId);
  if (session.invoice) {
    const invoice = await stripe.invoices.retrieve(idOf(session.invoice));
    const url = safeUrl(invoice.hosted_invoice_url);
    if (url) return url;
  }
  const intent = session.payment_intent;
  if (!intent || typeof intent === 'string') return null;
  const charge = intent.latest_charge;
  return charge && typeof charge !== 'string' ? safeUrl(charge.receipt_url) : null;
}

async function retrieveSession(
  stripe: Stripe,
  customerId: string,
  paymentId: string,
): Promise<Stripe.Checkout.Session> {
  try {
    const session = await stripe.checkout.sessions.retrieve(paymentId, { expand });
    if (session.customer && idOf(session.customer) === customerId) return session;
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  throw new BillingError('not_found');
}

async function fromStripeSession(stripe: Stripe, session: Stripe.Checkout.Session): Promise<RawTopUpPayment> {
  const owner = readOwner(session.metadata);
  const intent = session.payment_intent;
  const known = intent && typeof intent !== 'string' ? intent : null;
  const state = stateOf(session, known);
  return {
    kind: 'checkout',
    paymentId: session.id,
    topUpId: owner?.topUpId ?? '',
    n: owner?.n ?? 1,
    state,
    url: state === 'open' ? safeUrl(session.url) : null,
    isFinal: session.status === 'expired' || known?.status === 'canceled',
    clientSecret: state === 'open' && session.ui_mode === 'embedded_page' ? session.client_secret : null,
    declined: null,
    asked: {
      amountMinor: fromMinor(session.amount_subtotal, 'session.amount_subtotal'),
      currency: session.currency ?? '',
    },
    noted: readNoted(session.metadata),
    intentId: intentIdOf(session),
    charge: state === 'paid' ? await readSessionCharge(stripe, session, known) : null,
    livemode: session.livemode,
    createdAtMs: fromSec(session.created, 'session.created'),
  };
}

/** A promotion may pay for everything: then there is no charge, and nothing that could come back. */
async function readSessionCharge(
  stripe: Stripe,
  session: Stripe.Checkout.Session,
  intent: Stripe.PaymentIntent | null,
) {
  if (intent) return readCharge(stripe, intent);
  if (session.amount_total !== 0) throw unknownShape('payment_intent on a session that was paid');
  return { currency: session.currency ?? '', chargedMinor: 0, refundedMinor: 0, disputedMinor: 0 };
}

/** A completed session without its money is on its way (delayed methods), unless its payment has come to an end. */
function stateOf(
  session: Stripe.Checkout.Session,
  intent: Stripe.PaymentIntent | null,
): RawTopUpPayment['state'] {
  if (session.payment_status === 'paid') return 'paid';
  if (session.status === 'open') return 'open';
  if (session.status === 'expired') return 'expired';
  if (session.payment_status === 'no_payment_required') return 'paid';
  if (session.payment_status !== 'unpaid') throw unknownShape('session.payment_status');
  const hasEnded = intent?.status === 'canceled' || intent?.status === 'requires_payment_method';
  return hasEnded ? 'canceled' : 'processing';
}
