import type Stripe from 'stripe';
import { invalidRequest, resourceMissing } from '../protocol/errors.ts';
import { defineTable } from '../table.ts';
import type { Json, Wire } from '../wire.ts';
import type { Job, World } from '../world.ts';
import { customers } from './customers.ts';
import { createSucceededIntent, type PaymentIntentState } from './payment-intents.ts';
import { requirePrice, toStripePrice } from './prices.ts';

export interface SessionLineState {
  id: string;
  priceId: string;
  description: string;
  quantity: number;
  amountMinor: number;
}

export interface SessionState {
  id: string;
  createdSec: number;
  expiresSec: number;
  status: 'open' | 'complete' | 'expired';
  currency: string;
  customerId: string | null;
  customerEmail: string | null;
  customerCreation: 'always' | 'if_required';
  clientReferenceId: string | null;
  locale: string | null;
  submitType: 'auto' | 'book' | 'donate' | 'pay' | null;
  integrationIdentifier: string | null;
  lines: SessionLineState[];
  successUrl: string;
  cancelUrl: string | null;
  metadata: Record<string, string>;
  paymentIntentId: string | null;
  intentData: Pick<
    PaymentIntentState,
    'description' | 'metadata' | 'receiptEmail' | 'setupFutureUsage' | 'statementDescriptor'
  >;
}

export const checkoutSessions = defineTable<SessionState>();

/** Keeps a new session and puts its expiry on the agenda. */
export function openSession(
  world: World,
  input: Omit<SessionState, 'id' | 'createdSec' | 'status' | 'paymentIntentId'>,
): SessionState {
  const session = checkoutSessions(world).put({
    ...input,
    id: world.ids.next('cs_test_a1', 56),
    createdSec: world.nowSec(),
    status: 'open',
    paymentIntentId: null,
  });
  world.schedule(session.expiresSec, expireJob, session.id);
  return session;
}

const expireJob: Job = {
  name: 'checkout_session.expire',
  run(world, id) {
    const session = checkoutSessions(world).get(id);
    if (session?.status === 'open') checkoutSessions(world).put({ ...session, status: 'expired' });
  },
};

/** What an open session asks for, in minor units. */
export function sessionTotal(session: SessionState): number {
  return session.lines.reduce((sum, line) => sum + line.amountMinor, 0);
}

/** Pays an open session; the payment succeeds. A session that is complete stays as it is, so paying twice is once. */
export function paySession(world: World, session: SessionState): SessionState {
  if (session.status === 'complete') return session;
  if (session.status === 'expired') throw invalidRequest('This Checkout Session has expired.');
  const intent = createSucceededIntent(world, {
    ...session.intentData,
    amountMinor: sessionTotal(session),
    currency: session.currency,
    customerId: session.customerId,
  });
  return checkoutSessions(world).put({ ...session, status: 'complete', paymentIntentId: intent.id });
}

/** Ends an open session; nobody can pay it any more. */
export function expireSession(world: World, session: SessionState): SessionState {
  if (session.status !== 'open') {
    throw invalidRequest(
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of \`${session.status}\`.`,
    );
  }
  return checkoutSessions(world).put({ ...session, status: 'expired' });
}

export function requireSession(world: World, id: string): SessionState {
  const session = checkoutSessions(world).get(id);
  if (session === undefined) throw resourceMissing('checkout.session', id);
  return session;
}

/** Where the browser goes after paying, with the session's id filled in. */
export function successUrlOf(session: SessionState): string {
  return session.successUrl
    .replaceAll('{CHECKOUT_SESSION_ID}', session.id)
    .replaceAll('%7BCHECKOUT_SESSION_ID%7D', session.id);
}

export function toStripeLineItem(world: World, session: SessionState, line: SessionLineState) {
  return {
    id: line.id,
    object: 'item',
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: line.amountMinor,
    amount_tax: 0,
    amount_total: line.amountMinor,
    currency: session.currency,
    description: line.description,
    metadata: {},
    price: toStripePrice(requirePrice(world, line.priceId)),
    quantity: line.quantity,
  } satisfies Wire<Stripe.LineItem>;
}

/** The line items of a session, which Stripe shows only when they are expanded: the first ten. */
export function revealLineItems(world: World, owner: Json): object {
  const session = requireSession(world, typeof owner.id === 'string' ? owner.id : '');
  return {
    object: 'list',
    data: session.lines.slice(0, 10).map((line) => toStripeLineItem(world, session, line)),
    has_more: session.lines.length > 10,
    url: `/v1/checkout/sessions/${session.id}/line_items`,
  };
}

function customerDetails(world: World, session: SessionState) {
  const customer = session.customerId === null ? undefined : customers(world).get(session.customerId);
  const email = customer?.email ?? session.customerEmail;
  if (email === null && customer === undefined) return null;
  return {
    address: null,
    business_name: null,
    email,
    individual_name: null,
    name: customer?.name ?? null,
    phone: customer?.phone ?? null,
    tax_exempt: customer?.taxExempt ?? 'none',
    tax_ids: [],
  };
}

export function toStripeCheckoutSession(world: World, session: SessionState) {
  const totalMinor = sessionTotal(session);
  return {
    id: session.id,
    object: 'checkout.session',
    adaptive_pricing: { enabled: false },
    after_expiration: null,
    allow_promotion_codes: null,
    allowed_payment_method_types: null,
    amount_subtotal: totalMinor,
    amount_total: totalMinor,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    billing_address_collection: null,
    cancel_url: session.cancelUrl,
    client_reference_id: session.clientReferenceId,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created: session.createdSec,
    currency: session.currency,
    currency_conversion: null,
    custom_fields: [],
    custom_text: {
      after_submit: null,
      shipping_address: null,
      submit: null,
      terms_of_service_acceptance: null,
    },
    customer: session.customerId,
    customer_account: null,
    customer_creation: session.customerId === null ? session.customerCreation : null,
    customer_details: customerDetails(world, session),
    customer_email: session.customerEmail,
    discounts: [],
    expires_at: session.expiresSec,
    integration_identifier: session.integrationIdentifier,
    invoice: null,
    invoice_creation: {
      enabled: false,
      invoice_data: {
        account_tax_ids: null,
        custom_fields: null,
        description: null,
        footer: null,
        issuer: null,
        metadata: {},
        rendering_options: null,
      },
    },
    livemode: false,
    locale: session.locale,
    managed_payments: { enabled: false },
    metadata: session.metadata,
    mode: 'payment',
    origin_context: null,
    payment_intent: session.paymentIntentId,
    payment_link: null,
    payment_method_collection: 'if_required',
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: ['card'],
    payment_status: session.status === 'complete' ? 'paid' : 'unpaid',
    permissions: null,
    phone_number_collection: { enabled: false },
    recovered_from: null,
    saved_payment_method_options: null,
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: session.status,
    submit_type: session.submitType,
    subscription: null,
    success_url: session.successUrl,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: 'hosted_page',
    url: session.status === 'open' ? `${world.origin}/c/pay/${session.id}` : null,
    wallet_options: null,
  } satisfies Wire<Stripe.Checkout.Session>;
}
