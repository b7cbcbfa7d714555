import type Stripe from 'stripe';
import { invalidRequest, resourceMissing, type StripeFault } from '../protocol/errors.ts';
import { defineTable } from '../table.ts';
import type { Wire } from '../wire.ts';
import type { World } from '../world.ts';
import { charges } from './charges.ts';
import { type PaymentMethodState, toStripePaymentMethod } from './payment-methods.ts';
import { type PresentmentState, presentmentOf } from './presentment.ts';
import { type PaymentShippingState, toStripePaymentShipping } from './shipping.ts';
import type { MethodType } from './test-methods.ts';

export type IntentStatus =
  | 'canceled'
  | 'processing'
  | 'requires_action'
  | 'requires_capture'
  | 'requires_confirmation'
  | 'requires_payment_method'
  | 'succeeded';

/** Why the last attempt failed, with the method as it was then. */
export interface PaymentErrorState {
  code: string;
  declineCode: string | null;
  message: string;
  chargeId: string | null;
  paymentMethod: PaymentMethodState;
}

export interface PaymentIntentState {
  id: string;
  createdSec: number;
  amountMinor: number;
  currency: string;
  status: IntentStatus;
  customerId: string | null;
  paymentMethodId: string | null;
  /** Null: all that Stripe would offer for the currency. */
  allowedTypes: MethodType[] | null;
  allowRedirects: 'always' | 'never';
  captureMethod: 'automatic' | 'automatic_async' | 'manual';
  confirmationMethod: 'automatic' | 'manual';
  description: string | null;
  receiptEmail: string | null;
  setupFutureUsage: 'off_session' | 'on_session' | null;
  shipping: PaymentShippingState | null;
  statementDescriptor: string | null;
  metadata: Record<string, string>;
  returnUrl: string | null;
  latestChargeId: string | null;
  lastError: PaymentErrorState | null;
  canceledSec: number | null;
  cancellationReason: string | null;
  /** The invoice that this intent pays. */
  invoiceId: string | null;
  /** The Checkout Session that this intent belongs to. */
  sessionId: string | null;
  /** What the payer was asked for in a local currency. */
  presentment: PresentmentState | null;
}

export const paymentIntents = defineTable<PaymentIntentState>();

export type IntentInput = Pick<PaymentIntentState, 'amountMinor' | 'currency'> & Partial<PaymentIntentState>;

/** Keeps a new intent, which waits for a payment method or for its confirmation. */
export function createIntent(world: World, input: IntentInput): PaymentIntentState {
  return paymentIntents(world).put({
    status: input.paymentMethodId == null ? 'requires_payment_method' : 'requires_confirmation',
    customerId: null,
    paymentMethodId: null,
    allowedTypes: null,
    allowRedirects: 'always',
    captureMethod: 'automatic_async',
    confirmationMethod: 'automatic',
    description: null,
    receiptEmail: null,
    setupFutureUsage: null,
    shipping: null,
    statementDescriptor: null,
    metadata: {},
    returnUrl: null,
    latestChargeId: null,
    lastError: null,
    canceledSec: null,
    cancellationReason: null,
    invoiceId: null,
    sessionId: null,
    presentment: null,
    ...input,
    id: world.ids.next('pi_'),
    createdSec: world.ownNowSec(),
  });
}

export function requirePaymentIntent(world: World, id: string, param = 'id'): PaymentIntentState {
  const intent = paymentIntents(world).get(id);
  if (intent === undefined) throw resourceMissing('payment_intent', id, param);
  return intent;
}

/** Stripe's refusal of an operation that the intent's status does not allow. */
export function unexpectedState(world: World, intent: PaymentIntentState, message: string): StripeFault {
  return invalidRequest(message, {
    code: 'payment_intent_unexpected_state',
    details: { payment_intent: toStripePaymentIntent(world, intent) },
  });
}

/** The kinds of methods that an intent takes. */
export function acceptedTypes({
  allowedTypes,
  currency,
}: Pick<PaymentIntentState, 'allowedTypes' | 'currency'>): MethodType[] {
  if (allowedTypes !== null) return allowedTypes;
  if (currency === 'usd') return ['card', 'us_bank_account'];
  return currency === 'eur' ? ['card', 'sepa_debit'] : ['card'];
}

/** Where the person authenticates a payment: a page of the simulator. */
export function authenticationUrl(origin: string, intentId: string): string {
  return `${origin}/c/authenticate/${intentId}`;
}

/** What the customer has to do next: go to the simulator's authentication page. */
export function nextActionOf(world: World, { id, returnUrl }: { id: string; returnUrl: string | null }) {
  const url = authenticationUrl(world.origin, id);
  return returnUrl === null
    ? { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect', stripe_js: url } }
    : { type: 'redirect_to_url', redirect_to_url: { return_url: returnUrl, url } };
}

export function toStripePaymentError(error: PaymentErrorState) {
  return {
    ...(error.chargeId === null ? {} : { charge: error.chargeId }),
    code: error.code,
    ...(error.declineCode === null ? {} : { decline_code: error.declineCode }),
    doc_url: `https://stripe.com/docs/error-codes/${error.code.replaceAll('_', '-')}`,
    message: error.message,
    payment_method: toStripePaymentMethod(error.paymentMethod),
    type: error.code === 'payment_intent_authentication_failure' ? 'invalid_request_error' : 'card_error',
  } satisfies Wire<Stripe.PaymentIntent.LastPaymentError>;
}

function cardOptions() {
  return {
    installments: null,
    mandate_options: null,
    network: null,
    request_three_d_secure: 'automatic',
  } satisfies Wire<Stripe.PaymentIntent.PaymentMethodOptions.Card>;
}

export function toStripePaymentIntent(world: World, intent: PaymentIntentState) {
  const charge = intent.latestChargeId === null ? undefined : charges(world).get(intent.latestChargeId);
  return {
    id: intent.id,
    object: 'payment_intent',
    allowed_payment_method_types: intent.allowedTypes,
    amount: intent.amountMinor,
    amount_capturable: intent.status === 'requires_capture' ? intent.amountMinor : 0,
    amount_details: { tip: {} },
    amount_received: intent.status === 'succeeded' ? (charge?.capturedMinor ?? 0) : 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods:
      intent.allowedTypes === null ? { allow_redirects: intent.allowRedirects, enabled: true } : null,
    canceled_at: intent.canceledSec,
    cancellation_reason: intent.cancellationReason,
    capture_method: intent.captureMethod,
    client_secret: clientSecretOf(world, intent.id),
    confirmation_method: intent.confirmationMethod,
    created: intent.createdSec,
    currency: intent.currency,
    customer: intent.customerId,
    customer_account: null,
    description: intent.description,
    excluded_payment_method_types: null,
    last_payment_error: intent.lastError === null ? null : toStripePaymentError(intent.lastError),
    latest_charge: intent.latestChargeId,
    livemode: false,
    managed_payments: { enabled: false },
    metadata: intent.metadata,
    next_action: intent.status === 'requires_action' ? nextActionOf(world, intent) : null,
    on_behalf_of: null,
    payment_method: intent.paymentMethodId,
    payment_method_configuration_details: null,
    payment_method_options: { card: cardOptions() },
    payment_method_types: acceptedTypes(intent),
    payment_record: null,
    ...presentmentOf(intent.presentment),
    processing: null,
    receipt_email: intent.receiptEmail,
    review: null,
    setup_future_usage: intent.setupFutureUsage,
    shipping: toStripePaymentShipping(intent.shipping),
    source: null,
    statement_descriptor: intent.statementDescriptor,
    statement_descriptor_suffix: null,
    status: intent.status,
    transfer_data: null,
    transfer_group: null,
  } satisfies Wire<Stripe.PaymentIntent>;
}

/** The secret that a browser shows for an intent of either kind. */
export function clientSecretOf(world: World, id: string): string {
  return `${id}_secret_${world.ids.stable('', `${id} secret`, 25)}`;
}
