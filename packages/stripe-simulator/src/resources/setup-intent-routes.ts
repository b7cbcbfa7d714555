import { invalidRequest } from '../protocol/errors.ts';
import { pageParams, paginate } from '../protocol/paging.ts';
import {
  array,
  boolean,
  mergeMetadata,
  metadata,
  oneOf,
  optional,
  string,
  timeRange,
} from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import type { World } from '../world.ts';
import { requireCustomer } from './customers.ts';
import { attemptParams, automaticMethods, earlierMethodTypes, methodTypes } from './intent-params.ts';
import { type MethodData, makeMethod } from './method-params.ts';
import { usePaymentMethod } from './payment-methods.ts';
import {
  cancelSetup,
  confirmSetup,
  createSetupIntent,
  requireSetupIntent,
  type SetupIntentState,
  setupIntents,
  toStripeSetupIntent,
  unexpectedSetupState,
} from './setup-intents.ts';

const returns = { kind: 'setup_intent', list: false };
const attempt = {
  payment_method: attemptParams.payment_method,
  payment_method_data: attemptParams.payment_method_data,
  mandate_data: attemptParams.mandate_data,
  return_url: attemptParams.return_url,
  use_stripe_sdk: attemptParams.use_stripe_sdk,
};
const missing = [
  'attach_to_self',
  'confirmation_token',
  'customer_account',
  'excluded_payment_method_types',
  'flow_directions',
  'on_behalf_of',
  'payment_method_configuration',
  'payment_method_options',
  'single_use',
];

interface MethodParams {
  payment_method: string | undefined;
  payment_method_data: MethodData | undefined;
}

function methodIdOf(world: World, params: MethodParams): string | null {
  if (params.payment_method_data !== undefined)
    return makeMethod(world, params.payment_method_data, {}, 'payment_method_data').id;
  return params.payment_method === undefined ? null : usePaymentMethod(world, params.payment_method).id;
}

function confirm(world: World, intent: SetupIntentState, returnUrl: string | undefined): SetupIntentState {
  const withReturn = { ...intent, returnUrl: returnUrl ?? intent.returnUrl };
  if (
    withReturn.allowedTypes === null &&
    withReturn.allowRedirects === 'always' &&
    withReturn.returnUrl === null
  ) {
    throw invalidRequest(
      "This SetupIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.",
      { param: 'return_url' },
    );
  }
  return confirmSetup(world, withReturn);
}

export const setupIntentRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/setup_intents',
    fidelity: 'simplified',
    note: 'cards and bank debits; no mandates, setup attempts or method options',
    ownTime: true,
    returns,
    params: {
      ...attempt,
      allowed_payment_method_types: optional(array(methodTypes)),
      automatic_payment_methods: automaticMethods,
      confirm: optional(boolean()),
      customer: optional(string()),
      description: optional(string({ maxLength: 1_000 })),
      metadata: metadata(),
      usage: optional(oneOf(['off_session', 'on_session'])),
    },
    missing,
    legacy: [earlierMethodTypes],
    handle(world, params) {
      if (params.customer !== undefined) requireCustomer(world, params.customer);
      if (params.return_url !== undefined && params.confirm !== true) {
        throw invalidRequest('`return_url` can only be set when `confirm` is true.', { param: 'return_url' });
      }
      const automatic = params.automatic_payment_methods;
      const intent = createSetupIntent(world, {
        customerId: params.customer ?? null,
        paymentMethodId: methodIdOf(world, params),
        allowedTypes: params.allowed_payment_method_types ?? (automatic?.enabled === false ? ['card'] : null),
        allowRedirects: automatic?.allow_redirects ?? 'always',
        description: params.description ?? null,
        usage: params.usage ?? 'off_session',
        metadata: mergeMetadata({}, params.metadata),
        returnUrl: params.return_url ?? null,
      });
      return toStripeSetupIntent(
        world,
        params.confirm === true ? confirm(world, intent, params.return_url) : intent,
      );
    },
  }),
  route({
    method: 'GET',
    path: '/v1/setup_intents/:id',
    fidelity: 'exact',
    returns,
    params: { client_secret: optional(string()) },
    handle: (world, _params, { id }) => toStripeSetupIntent(world, requireSetupIntent(world, id)),
  }),
  route({
    method: 'POST',
    path: '/v1/setup_intents/:id',
    fidelity: 'simplified',
    note: 'customer, payment method, description and metadata',
    ownTime: true,
    returns,
    params: {
      customer: optional(string()),
      payment_method: optional(string()),
      payment_method_data: attempt.payment_method_data,
      description: optional(string({ maxLength: 1_000 })),
      metadata: metadata(),
    },
    missing: [...missing, 'allowed_payment_method_types'],
    handle(world, params, { id }) {
      const intent = requireSetupIntent(world, id);
      if (params.customer !== undefined) requireCustomer(world, params.customer);
      const methodId = methodIdOf(world, params);
      if (intent.status === 'canceled' || (methodId !== null && intent.status === 'succeeded')) {
        throw unexpectedSetupState(
          world,
          intent,
          `You cannot update this SetupIntent because it has a status of ${intent.status}.`,
        );
      }
      return toStripeSetupIntent(
        world,
        setupIntents(world).put({
          ...intent,
          customerId: params.customer ?? intent.customerId,
          paymentMethodId: methodId ?? intent.paymentMethodId,
          status: methodId === null ? intent.status : 'requires_confirmation',
          description: params.description ?? intent.description,
          metadata: mergeMetadata(intent.metadata, params.metadata),
        }),
      );
    },
  }),
  route({
    method: 'POST',
    path: '/v1/setup_intents/:id/confirm',
    fidelity: 'simplified',
    note: 'as creation',
    ownTime: true,
    returns,
    params: { ...attempt, client_secret: optional(string()) },
    missing: [...missing, 'allowed_payment_method_types'],
    handle(world, params, { id }) {
      const intent = requireSetupIntent(world, id);
      const paymentMethodId = methodIdOf(world, params) ?? intent.paymentMethodId;
      return toStripeSetupIntent(world, confirm(world, { ...intent, paymentMethodId }, params.return_url));
    },
  }),
  route({
    method: 'POST',
    path: '/v1/setup_intents/:id/cancel',
    fidelity: 'exact',
    ownTime: true,
    returns,
    params: { cancellation_reason: optional(oneOf(['abandoned', 'duplicate', 'requested_by_customer'])) },
    handle: (world, params, { id }) =>
      toStripeSetupIntent(
        world,
        cancelSetup(world, requireSetupIntent(world, id), params.cancellation_reason ?? null),
      ),
  }),
  route({
    method: 'GET',
    path: '/v1/setup_intents',
    fidelity: 'exact',
    returns: { ...returns, list: true },
    params: {
      ...pageParams,
      customer: optional(string()),
      payment_method: optional(string()),
      created: optional(timeRange()),
    },
    missing: ['attach_to_self', 'customer_account'],
    handle(world, params) {
      if (params.customer !== undefined) requireCustomer(world, params.customer);
      const rows = setupIntents(world)
        .newestFirst()
        .filter(
          (intent) =>
            (params.customer === undefined || intent.customerId === params.customer) &&
            (params.payment_method === undefined || intent.paymentMethodId === params.payment_method) &&
            (params.created === undefined || params.created(intent.createdSec)),
        );
      return paginate(rows, params, {
        url: '/v1/setup_intents',
        noun: 'setupintent',
        toStripe: (intent) => toStripeSetupIntent(world, intent),
      });
    },
  }),
];
