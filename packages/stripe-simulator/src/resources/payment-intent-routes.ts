import { amountTooLarge, MOST_MINOR } from '../billing/impossible-amounts.ts';
import { formatAmount, minimumCharge } from '../billing/money.ts';
import { invalidRequest } from '../protocol/errors.ts';
import { pageParams, paginate } from '../protocol/paging.ts';
import {
  array,
  boolean,
  clearable,
  currency,
  integer,
  mergeMetadata,
  metadata,
  oneOf,
  optional,
  string,
  timeRange,
} from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import type { World } from '../world.ts';
import { cancelIntent } from './cancel-intent.ts';
import { captureIntent } from './capture-intent.ts';
import { attemptPayment, paymentFault, tellIntent } from './confirm-intent.ts';
import { requireCustomer } from './customers.ts';
import { tellOwner } from './intent-owner.ts';
import {
  amountParam,
  attemptParams,
  automaticMethods,
  earlierMethodTypes,
  methodTypes,
} from './intent-params.ts';
import { type MethodData, makeMethod } from './method-params.ts';
import {
  createIntent,
  type PaymentIntentState,
  paymentIntents,
  requirePaymentIntent,
  toStripePaymentIntent,
  unexpectedState,
} from './payment-intents.ts';
import { usePaymentMethod } from './payment-methods.ts';
import { paymentShippingParam } from './shipping.ts';

const returns = { kind: 'payment_intent', list: false };
const futureUsage = oneOf(['off_session', 'on_session']);
const missing = [
  'amount_details',
  'application_fee_amount',
  'confirmation_token',
  'customer_account',
  'excluded_payment_method_types',
  'hooks',
  'mandate',
  'on_behalf_of',
  'payment_details',
  'payment_method_configuration',
  'payment_method_options',
  'radar_options',
  'statement_descriptor_suffix',
  'transfer_data',
  'transfer_group',
];

interface AttemptParams {
  payment_method: string | undefined;
  payment_method_data: MethodData | undefined;
  return_url: string | undefined;
  error_on_requires_action: boolean | undefined;
  off_session: boolean | undefined;
}

function refuseAmount(amountMinor: number, code: string): void {
  if (amountMinor > MOST_MINOR) throw amountTooLarge(code, { param: 'amount' });
  const leastMinor = Math.max(1, minimumCharge(code));
  if (amountMinor >= leastMinor) return;
  throw invalidRequest(`Amount must be at least ${formatAmount(leastMinor, code)} ${code}`, {
    code: 'amount_too_small',
    param: 'amount',
  });
}

function methodIdOf(world: World, params: Pick<AttemptParams, 'payment_method' | 'payment_method_data'>) {
  if (params.payment_method_data !== undefined)
    return makeMethod(world, params.payment_method_data, {}, 'payment_method_data').id;
  return params.payment_method === undefined ? undefined : usePaymentMethod(world, params.payment_method).id;
}

/** Tries to pay, tells the owner of the intent, and throws Stripe's 402 when the payment failed. */
function confirm(world: World, intent: PaymentIntentState, params: AttemptParams): PaymentIntentState {
  const offSession = params.off_session ?? false;
  const errorOnRequiresAction = params.error_on_requires_action ?? false;
  const returnUrl = params.return_url ?? intent.returnUrl;
  const mayRedirect = intent.allowedTypes === null && intent.allowRedirects === 'always';
  if (mayRedirect && returnUrl === null && !offSession && !errorOnRequiresAction) {
    throw invalidRequest(
      "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.",
      { param: 'return_url' },
    );
  }
  const tried = attemptPayment(world, { ...intent, returnUrl }, { offSession, errorOnRequiresAction });
  if (tried.status === 'succeeded') tellOwner(world, tried, true);
  if (tried.status !== 'requires_payment_method') return tried;
  tellOwner(world, tried, false);
  throw paymentFault(world, tried);
}

export const paymentIntentRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/payment_intents',
    fidelity: 'simplified',
    note: 'cards and bank debits, on and off session; no Connect or method options',
    ownTime: true,
    returns,
    params: {
      ...attemptParams,
      amount: amountParam,
      currency: currency(),
      allowed_payment_method_types: optional(array(methodTypes)),
      automatic_payment_methods: automaticMethods,
      capture_method: optional(oneOf(['automatic', 'automatic_async', 'manual'])),
      confirm: optional(boolean()),
      confirmation_method: optional(oneOf(['automatic', 'manual'])),
      customer: optional(string()),
      description: optional(string({ maxLength: 1_000 })),
      metadata: metadata(),
      receipt_email: optional(string()),
      setup_future_usage: optional(futureUsage),
      shipping: optional(paymentShippingParam),
      statement_descriptor: optional(string({ maxLength: 22 })),
    },
    missing,
    legacy: [earlierMethodTypes],
    handle(world, params) {
      refuseAmount(params.amount, params.currency);
      if (params.customer !== undefined) requireCustomer(world, params.customer);
      const confirms = params.confirm ?? false;
      for (const param of ['off_session', 'error_on_requires_action', 'return_url'] as const) {
        if (params[param] !== undefined && !confirms) {
          throw invalidRequest(`\`${param}\` can only be set when \`confirm\` is true.`, { param });
        }
      }
      const automatic = params.automatic_payment_methods;
      const intent = createIntent(world, {
        amountMinor: params.amount,
        currency: params.currency,
        customerId: params.customer ?? null,
        paymentMethodId: methodIdOf(world, params) ?? null,
        allowedTypes: params.allowed_payment_method_types ?? (automatic?.enabled === false ? ['card'] : null),
        allowRedirects: automatic?.allow_redirects ?? 'always',
        captureMethod: params.capture_method ?? 'automatic_async',
        confirmationMethod: params.confirmation_method ?? 'automatic',
        description: params.description ?? null,
        metadata: mergeMetadata({}, params.metadata),
        receiptEmail: params.receipt_email ?? null,
        setupFutureUsage: params.setup_future_usage ?? null,
        shipping: params.shipping ?? null,
        statementDescriptor: params.statement_descriptor ?? null,
        returnUrl: params.return_url ?? null,
      });
      tellIntent(world, intent, 'created');
      return toStripePaymentIntent(world, confirms ? confirm(world, intent, params) : intent);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/payment_intents/:id',
    fidelity: 'exact',
    returns,
    params: { client_secret: optional(string()) },
    handle: (world, _params, { id }) => toStripePaymentIntent(world, requirePaymentIntent(world, id)),
  }),
  route({
    method: 'POST',
    path: '/v1/payment_intents/:id',
    fidelity: 'simplified',
    note: 'amount, currency, customer, method, description, receipt, future usage and metadata',
    ownTime: true,
    returns,
    params: {
      amount: optional(amountParam),
      currency: optional(currency()),
      customer: optional(string()),
      payment_method: optional(string()),
      payment_method_data: attemptParams.payment_method_data,
      description: clearable(string({ maxLength: 1_000 })),
      metadata: metadata(),
      receipt_email: clearable(string()),
      setup_future_usage: clearable(futureUsage),
      shipping: clearable(paymentShippingParam),
      statement_descriptor: optional(string({ maxLength: 22 })),
      allowed_payment_method_types: optional(array(methodTypes)),
    },
    missing: [...missing, 'capture_method', 'mandate_data'],
    legacy: [earlierMethodTypes],
    handle(world, params, { id }) {
      const intent = requirePaymentIntent(world, id);
      const moves = params.amount ?? params.currency ?? params.payment_method ?? params.customer;
      const open = intent.status === 'requires_payment_method' || intent.status === 'requires_confirmation';
      if (moves !== undefined && !open && intent.status !== 'requires_action') {
        throw unexpectedState(
          world,
          intent,
          `This PaymentIntent's amount, currency, customer and payment method could not be updated because it has a status of ${intent.status}.`,
        );
      }
      refuseAmount(params.amount ?? intent.amountMinor, params.currency ?? intent.currency);
      if (params.customer !== undefined) requireCustomer(world, params.customer);
      const methodId = methodIdOf(world, params);
      const pick = <T>(next: T | undefined, current: T): T => (next === undefined ? current : next);
      return toStripePaymentIntent(
        world,
        paymentIntents(world).put({
          ...intent,
          amountMinor: params.amount ?? intent.amountMinor,
          currency: params.currency ?? intent.currency,
          customerId: params.customer ?? intent.customerId,
          paymentMethodId: methodId ?? intent.paymentMethodId,
          allowedTypes: params.allowed_payment_method_types ?? intent.allowedTypes,
          status: methodId === undefined ? intent.status : 'requires_confirmation',
          description: pick(params.description, intent.description),
          receiptEmail: pick(params.receipt_email, intent.receiptEmail),
          setupFutureUsage: pick(params.setup_future_usage, intent.setupFutureUsage),
          shipping: pick(params.shipping, intent.shipping),
          statementDescriptor: params.statement_descriptor ?? intent.statementDescriptor,
          metadata: mergeMetadata(intent.metadata, params.metadata),
        }),
      );
    },
  }),
  route({
    method: 'POST',
    path: '/v1/payment_intents/:id/confirm',
    fidelity: 'simplified',
    note: 'as creation; a test method acts by its number',
    ownTime: true,
    returns,
    params: {
      ...attemptParams,
      client_secret: optional(string()),
      receipt_email: clearable(string()),
      setup_future_usage: clearable(futureUsage),
    },
    missing: [...missing, 'allowed_payment_method_types', 'amount_to_confirm', 'capture_method'],
    handle(world, params, { id }) {
      const intent = requirePaymentIntent(world, id);
      return toStripePaymentIntent(
        world,
        confirm(
          world,
          {
            ...intent,
            paymentMethodId: methodIdOf(world, params) ?? intent.paymentMethodId,
            receiptEmail: params.receipt_email === undefined ? intent.receiptEmail : params.receipt_email,
            setupFutureUsage:
              params.setup_future_usage === undefined ? intent.setupFutureUsage : params.setup_future_usage,
          },
          params,
        ),
      );
    },
  }),
  route({
    method: 'POST',
    path: '/v1/payment_intents/:id/capture',
    fidelity: 'simplified',
    note: 'once; what is not captured is released; no authorization expiry',
    ownTime: true,
    returns,
    params: { amount_to_capture: optional(integer({ min: 1 })), metadata: metadata() },
    missing: [...missing, 'mandate_data', 'final_capture', 'statement_descriptor'],
    handle(world, params, { id }) {
      const intent = requirePaymentIntent(world, id);
      const kept = { ...intent, metadata: mergeMetadata(intent.metadata, params.metadata) };
      return toStripePaymentIntent(world, captureIntent(world, kept, params.amount_to_capture));
    },
  }),
  route({
    method: 'POST',
    path: '/v1/payment_intents/:id/cancel',
    fidelity: 'exact',
    ownTime: true,
    returns,
    params: {
      cancellation_reason: optional(oneOf(['abandoned', 'duplicate', 'fraudulent', 'requested_by_customer'])),
    },
    handle(world, params, { id }) {
      const intent = requirePaymentIntent(world, id);
      if (intent.sessionId !== null && intent.status !== 'canceled' && intent.status !== 'succeeded') {
        throw unexpectedState(
          world,
          intent,
          'You cannot cancel the PaymentIntent of a Checkout Session. Expire the Checkout Session instead.',
        );
      }
      return toStripePaymentIntent(world, cancelIntent(world, intent, params.cancellation_reason ?? null));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/payment_intents',
    fidelity: 'exact',
    returns: { ...returns, list: true },
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
