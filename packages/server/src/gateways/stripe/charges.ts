import { BillingError } from '@meterboard/contract';
import type Stripe from 'stripe';
import type { NewCharge, RawSavedCard, RawTopUpPayment } from '../../gateway.ts';
import { fromSec, idOf, safeUrl } from './from-stripe.ts';
import { pageSize } from './list-all.ts';
import { readCharge, readDecline, readNoted, readOwner, toMetadata } from './payments.ts';
import { isMissing, isRefusal } from './translate-error.ts';

const expand = ['latest_charge'];

/**
 * Charges a saved card without its owner. Where the bank wants to hear from the owner the charge fails instead of
 * waiting: it would pile up unpaid.
 */
export async function createCharge(stripe: Stripe, charge: NewCharge): Promise<RawTopUpPayment> {
  try {
    const intent = await stripe.paymentIntents.create(
      {
        amount: charge.price.amountMinor,
        currency: charge.price.currency,
        customer: charge.customerId,
        payment_method: charge.cardId,
        description: charge.label,
        confirm: true,
        off_session: true,
        error_on_requires_action: true,
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        metadata: toMetadata(charge, 'charge'),
        expand,
      },
      { idempotencyKey: charge.idempotencyKey },
    );
    return await fromStripeIntent(stripe, intent);
  } catch (error) {
    const paymentId = declinedIntentOf(error);
    if (paymentId === null) throw error;
    return getCharge(stripe, { customerId: charge.customerId, paymentId });
  }
}

export async function getCharge(
  stripe: Stripe,
  { customerId, paymentId }: { customerId: string; paymentId: string },
): Promise<RawTopUpPayment> {
  return fromStripeIntent(stripe, await retrieveIntent(stripe, customerId, paymentId));
}

/** Cancels the intent, unless it is being paid or was. */
export async function closeCharge(
  stripe: Stripe,
  query: { customerId: string; paymentId: string },
): Promise<RawTopUpPayment> {
  const { customerId, paymentId } = query;
  const intent = await retrieveIntent(stripe, customerId, paymentId);
  if (intent.status === 'canceled' || intent.status === 'succeeded' || intent.status === 'processing') {
    return fromStripeIntent(stripe, intent);
  }
  try {
    return await fromStripeIntent(stripe, await stripe.paymentIntents.cancel(paymentId, { expand }));
  } catch (error) {
    if (isRefusal(error)) return getCharge(stripe, query);
    throw error;
  }
}

export async function getChargeReceipt(
  stripe: Stripe,
  { customerId, paymentId }: { customerId: string; paymentId: string },
): Promise<string | null> {
  const { latest_charge: charge } = await retrieveIntent(stripe, customerId, paymentId);
  return charge && typeof charge !== 'string' ? safeUrl(charge.receipt_url) : null;
}

/** The customer's default card; without one, the newest card that its owner agreed to have shown again. */
export async function getSavedCard(stripe: Stripe, customerId: string): Promise<RawSavedCard | null> {
  const customer = await stripe.customers.retrieve(customerId, {
    expand: ['invoice_settings.default_payment_method'],
  });
  if (customer.deleted) throw new BillingError('customer_not_found');
  const preferred = customer.invoice_settings.default_payment_method;
  if (preferred && typeof preferred !== 'string' && preferred.card) return fromStripeCard(preferred);
  const { data } = await stripe.customers.listPaymentMethods(customerId, { type: 'card', limit: pageSize });
  const shown = data
    .filter(({ allow_redisplay, card }) => card && allow_redisplay === 'always')
    .toSorted((a, b) => b.created - a.created);
  return shown[0] ? fromStripeCard(shown[0]) : null;
}

function fromStripeCard({ id, card }: Stripe.PaymentMethod): RawSavedCard | null {
  if (!card) return null;
  const { brand, last4, exp_month, exp_year } = card;
  return { cardId: id, brand, last4, expiryMonth: exp_month, expiryYear: exp_year };
}

/** A decline carries its intent (402, docs "Errors"). */
function declinedIntentOf(thrown: unknown): string | null {
  if (typeof thrown !== 'object' || thrown === null || !('payment_intent' in thrown)) return null;
  const intent: unknown = thrown.payment_intent;
  if (typeof intent !== 'object' || intent === null || !('id' in intent)) return null;
  return typeof intent.id === 'string' ? intent.id : null;
}

async function retrieveIntent(
  stripe: Stripe,
  customerId: string,
  paymentId: string,
): Promise<Stripe.PaymentIntent> {
  try {
    const intent = await stripe.paymentIntents.retrieve(paymentId, { expand });
    if (intent.customer && idOf(intent.customer) === customerId) return intent;
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  throw new BillingError('not_found');
}

async function fromStripeIntent(stripe: Stripe, intent: Stripe.PaymentIntent): Promise<RawTopUpPayment> {
  const owner = readOwner(intent.metadata);
  const state = stateOf(intent);
  return {
    kind: 'charge',
    paymentId: intent.id,
    topUpId: owner?.topUpId ?? '',
    n: owner?.n ?? 1,
    state,
    url: null,
    clientSecret: null,
    isFinal: state === 'canceled',
    declined: state === 'paid' ? null : readDecline(intent),
    asked: { amountMinor: intent.amount, currency: intent.currency },
    noted: readNoted(intent.metadata),
    intentId: intent.id,
    charge: state === 'paid' ? await readCharge(stripe, intent) : null,
    livemode: intent.livemode,
    createdAtMs: fromSec(intent.created, 'intent.created'),
  };
}

function stateOf(intent: Stripe.PaymentIntent): RawTopUpPayment['state'] {
  switch (intent.status) {
    case 'succeeded':
      return 'paid';
    case 'processing':
      return 'processing';
    case 'canceled':
      return 'canceled';
    case 'requires_action':
      return 'requires_action';
    default:
      return intent.last_payment_error ? 'declined' : 'open';
  }
}
