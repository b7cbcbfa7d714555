import type Stripe from 'stripe';
import { resourceMissing } from '../protocol/errors.ts';
import { defineTable } from '../table.ts';
import type { Json, Wire } from '../wire.ts';
import type { World } from '../world.ts';
import { type DiscountState, type LineTotals, sessionTotals, type Totalled } from './checkout-totals.ts';
import { customers } from './customers.ts';
import { acceptedTypes, clientSecretOf, type PaymentIntentState } from './payment-intents.ts';
import type { AllowRedisplay } from './payment-methods.ts';
import { type PresentmentState, presentmentOf } from './presentment.ts';
import { type PriceState, requirePrice, toStripePrice } from './prices.ts';
import type { MethodType } from './test-methods.ts';

export interface SessionLineState {
  id: string;
  priceId: string;
  description: string;
  quantity: number;
  amountMinor: number;
  taxBehavior: PriceState['taxBehavior'];
}

export interface InvoiceCreationState {
  description: string | null;
  metadata: Record<string, string>;
}

export interface SavedMethodsState {
  allowRedisplayFilters: AllowRedisplay[] | null;
  remove: 'disabled' | 'enabled' | null;
  save: 'disabled' | 'enabled' | null;
}

export interface SessionState {
  id: string;
  createdSec: number;
  expiresSec: number;
  status: 'complete' | 'expired' | 'open';
  paymentStatus: 'no_payment_required' | 'paid' | 'unpaid';
  uiMode: 'embedded_page' | 'hosted_page';
  currency: string;
  customerId: string | null;
  customerEmail: string | null;
  /** Null when the session began with a customer. */
  customerCreation: 'always' | 'if_required' | null;
  clientReferenceId: string | null;
  locale: string | null;
  submitType: 'auto' | 'book' | 'donate' | 'pay' | null;
  integrationIdentifier: string | null;
  lines: SessionLineState[];
  /** Null when the parameter was left out, which shows as null. */
  allowPromotionCodes: boolean | null;
  discount: DiscountState | null;
  /** The rate of automatic tax, fixed at creation; null when it is off. */
  taxPercent: number | null;
  /** Whether the page may ask for the payer's local currency instead. */
  adaptive: boolean;
  /** What the payer was asked for in a local currency. */
  presentment: PresentmentState | null;
  /** Where the browser goes after paying; null when it stays on the page. */
  successUrl: string | null;
  redirectOnCompletion: 'always' | 'if_required' | 'never';
  cancelUrl: string | null;
  metadata: Record<string, string>;
  /** Null: all that Stripe would offer for the currency. */
  allowedTypes: MethodType[] | null;
  savedMethods: SavedMethodsState | null;
  /** Null when no invoice is made of the payment. */
  invoiceCreation: InvoiceCreationState | null;
  invoiceId: string | null;
  paymentIntentId: string | null;
  intentData: Pick<
    PaymentIntentState,
    'description' | 'metadata' | 'receiptEmail' | 'setupFutureUsage' | 'shipping' | 'statementDescriptor'
  >;
}

export const checkoutSessions = defineTable<SessionState>();

/** The address of a session's page, on the simulator. */
export function checkoutPath(sessionId: string): string {
  return `/c/pay/${encodeURIComponent(sessionId)}`;
}

/** What an open session asks for, in minor units. */
export function sessionTotal(session: Totalled): number {
  return sessionTotals(session).totalMinor;
}

export function requireSession(world: World, id: string): SessionState {
  const session = checkoutSessions(world).get(id);
  if (session === undefined) throw resourceMissing('checkout.session', id);
  return session;
}

/** Where the browser goes after paying, with the session's id filled in; null when it stays. */
export function successUrlOf(session: SessionState): string | null {
  if (session.successUrl === null || session.redirectOnCompletion !== 'always') return null;
  return session.successUrl
    .replaceAll('{CHECKOUT_SESSION_ID}', session.id)
    .replaceAll('%7BCHECKOUT_SESSION_ID%7D', session.id);
}

/** The kinds of methods that a session takes. */
export function sessionTypes(session: SessionState): MethodType[] {
  return acceptedTypes({ allowedTypes: session.allowedTypes, currency: session.currency });
}

export function toStripeLineItem(world: World, session: SessionState, line: SessionLineState) {
  const { discountMinor, taxMinor, totalMinor } = totalsOf(session, line);
  return {
    id: line.id,
    object: 'item',
    adjustable_quantity: null,
    amount_discount: discountMinor,
    amount_subtotal: line.amountMinor,
    amount_tax: taxMinor,
    amount_total: totalMinor,
    currency: session.currency,
    description: line.description,
    metadata: {},
    price: toStripePrice(requirePrice(world, line.priceId)),
    quantity: line.quantity,
  } satisfies Wire<Stripe.LineItem>;
}

function totalsOf(session: SessionState, line: SessionLineState): LineTotals {
  const totals = sessionTotals(session).lines[session.lines.indexOf(line)];
  if (totals === undefined) throw new Error(`Line ${line.id} is not of the session ${session.id}.`);
  return totals;
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

function embedding({ redirectOnCompletion, successUrl }: SessionState) {
  return {
    redirect_on_completion: redirectOnCompletion,
    ...(successUrl === null ? {} : { return_url: successUrl }),
  };
}

function savedMethodsOf({ savedMethods }: SessionState) {
  if (savedMethods === null) return null;
  return {
    allow_redisplay_filters: savedMethods.allowRedisplayFilters,
    payment_method_remove: savedMethods.remove,
    payment_method_save: savedMethods.save,
  } satisfies Wire<Stripe.Checkout.Session.SavedPaymentMethodOptions>;
}

/** A code stands for its coupon: then only the code is named (assumption). */
function discountsOf({ discount }: SessionState) {
  if (discount === null) return [];
  const { couponId, promotionCodeId } = discount;
  return [{ coupon: promotionCodeId === null ? couponId : null, promotion_code: promotionCodeId }];
}

function automaticTaxOf({ taxPercent }: SessionState) {
  return (
    taxPercent === null
      ? { enabled: false, liability: null, provider: null, status: null }
      : { enabled: true, liability: { type: 'self' }, provider: 'stripe', status: 'complete' }
  ) satisfies Wire<Stripe.Checkout.Session.AutomaticTax>;
}

export function toStripeCheckoutSession(world: World, session: SessionState) {
  const { subtotalMinor, discountMinor, taxMinor, totalMinor } = sessionTotals(session);
  return {
    id: session.id,
    object: 'checkout.session',
    adaptive_pricing: { enabled: session.adaptive },
    after_expiration: null,
    allow_promotion_codes: session.allowPromotionCodes,
    allowed_payment_method_types: session.allowedTypes,
    amount_subtotal: subtotalMinor,
    amount_total: totalMinor,
    automatic_tax: automaticTaxOf(session),
    billing_address_collection: null,
    cancel_url: session.cancelUrl,
    client_reference_id: session.clientReferenceId,
    client_secret:
      session.uiMode === 'embedded_page' && session.status === 'open'
        ? clientSecretOf(world, session.id)
        : null,
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
    customer_creation: session.customerCreation,
    customer_details: customerDetails(world, session),
    customer_email: session.customerEmail,
    discounts: discountsOf(session),
    expires_at: session.expiresSec,
    integration_identifier: session.integrationIdentifier,
    invoice: session.invoiceId,
    invoice_creation: {
      enabled: session.invoiceCreation !== null,
      invoice_data: {
        account_tax_ids: null,
        custom_fields: null,
        description: session.invoiceCreation?.description ?? null,
        footer: null,
        issuer: null,
        metadata: session.invoiceCreation?.metadata ?? {},
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
    payment_method_types: sessionTypes(session),
    payment_status: session.paymentStatus,
    permissions: null,
    phone_number_collection: { enabled: false },
    ...presentmentOf(session.presentment),
    recovered_from: null,
    ...(session.uiMode === 'embedded_page' ? embedding(session) : {}),
    saved_payment_method_options: savedMethodsOf(session),
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: session.status,
    submit_type: session.submitType,
    subscription: null,
    success_url: session.uiMode === 'hosted_page' ? session.successUrl : null,
    total_details: { amount_discount: discountMinor, amount_shipping: 0, amount_tax: taxMinor },
    ui_mode: session.uiMode,
    url:
      session.status === 'open' && session.uiMode === 'hosted_page'
        ? `${world.origin}${checkoutPath(session.id)}`
        : null,
    wallet_options: null,
  } satisfies Wire<Stripe.Checkout.Session>;
}
