import type Stripe from 'stripe';
import { resourceMissing } from '../protocol/errors.ts';
import { pageParams, paginate } from '../protocol/paging.ts';
import { optional, string, timeRange } from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import { defineTable } from '../table.ts';
import type { Wire } from '../wire.ts';
import type { World } from '../world.ts';
import { requireCustomer } from './customers.ts';

export interface PaymentIntentState {
  id: string;
  createdSec: number;
  amountMinor: number;
  currency: string;
  customerId: string | null;
  description: string | null;
  receiptEmail: string | null;
  setupFutureUsage: 'off_session' | 'on_session' | null;
  statementDescriptor: string | null;
  metadata: Record<string, string>;
}

export const paymentIntents = defineTable<PaymentIntentState>();

/** Records a payment that succeeded at once. */
export function createSucceededIntent(
  world: World,
  input: Omit<PaymentIntentState, 'id' | 'createdSec'>,
): PaymentIntentState {
  return paymentIntents(world).put({ ...input, id: world.ids.next('pi_'), createdSec: world.nowSec() });
}

export function toStripePaymentIntent(world: World, intent: PaymentIntentState) {
  return {
    id: intent.id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount: intent.amountMinor,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: intent.amountMinor,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic_async',
    client_secret: `${intent.id}_secret_${world.ids.stable('', `${intent.id} secret`, 25)}`,
    confirmation_method: 'automatic',
    created: intent.createdSec,
    currency: intent.currency,
    customer: intent.customerId,
    customer_account: null,
    description: intent.description,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: { enabled: false },
    metadata: intent.metadata,
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: ['card'],
    payment_record: null,
    processing: null,
    receipt_email: intent.receiptEmail,
    review: null,
    setup_future_usage: intent.setupFutureUsage,
    shipping: null,
    source: null,
    statement_descriptor: intent.statementDescriptor,
    statement_descriptor_suffix: null,
    status: 'succeeded',
    transfer_data: null,
    transfer_group: null,
  } satisfies Wire<Stripe.PaymentIntent>;
}

export function requirePaymentIntent(world: World, id: string): PaymentIntentState {
  const intent = paymentIntents(world).get(id);
  if (intent === undefined) throw resourceMissing('payment_intent', id);
  return intent;
}

export const paymentIntentRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/v1/payment_intents/:id',
    fidelity: 'simplified',
    note: 'only succeeded payments of Checkout exist; charges and payment methods come later',
    returns: { kind: 'payment_intent', list: false },
    params: { client_secret: optional(string()) },
    handle: (world, _params, { id }) => toStripePaymentIntent(world, requirePaymentIntent(world, id)),
  }),
  route({
    method: 'GET',
    path: '/v1/payment_intents',
    fidelity: 'simplified',
    note: 'filters customer and created',
    returns: { kind: 'payment_intent', list: true },
    params: { ...pageParams, customer: optional(string()), created: optional(timeRange()) },
    missing: ['customer_account'],
    handle(world, params) {
      if (params.customer !== undefined) requireCustomer(world, params.customer);
      const rows = paymentIntents(world)
        .newestFirst()
        .filter(
          (intent) =>
            (params.customer === undefined || intent.customerId === params.customer) &&
            (params.created === undefined || params.created(intent.createdSec)),
        );
      return paginate(rows, params, {
        url: '/v1/payment_intents',
        noun: 'payment_intent',
        toStripe: (intent) => toStripePaymentIntent(world, intent),
      });
    },
  }),
];
