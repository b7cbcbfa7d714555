import { invalidRequest } from '../protocol/errors.ts';
import { pageParams, paginate } from '../protocol/paging.ts';
import {
  array,
  boolean,
  currency,
  mergeMetadata,
  metadata,
  object,
  oneOf,
  optional,
  string,
  timeRange,
  timestamp,
  url,
} from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import { expireSession, openSession } from './checkout-life.ts';
import { lineItem, makeLines } from './checkout-lines.ts';
import {
  checkoutSessions,
  requireSession,
  toStripeCheckoutSession,
  toStripeLineItem,
} from './checkout-sessions.ts';
import { requireCustomer } from './customers.ts';
import { earlierMethodTypes, methodTypes } from './intent-params.ts';
import { paymentShippingParam } from './shipping.ts';

const returns = { kind: 'checkout.session', list: false };

const missing = [
  'after_expiration',
  'allow_promotion_codes',
  'billing_address_collection',
  'branding_settings',
  'consent_collection',
  'custom_fields',
  'custom_text',
  'customer_account',
  'customer_update',
  'discounts',
  'excluded_payment_method_types',
  'managed_payments',
  'name_collection',
  'optional_items',
  'origin_context',
  'payment_method_collection',
  'payment_method_configuration',
  'payment_method_data',
  'payment_method_options',
  'permissions',
  'setup_intent_data',
  'shipping_address_collection',
  'shipping_options',
  'subscription_data',
  'tax_id_collection',
  'wallet_options',
];

const savedMethods = object({
  allow_redisplay_filters: optional(array(oneOf(['always', 'limited', 'unspecified']))),
  payment_method_remove: optional(oneOf(['disabled', 'enabled'])),
  payment_method_save: optional(oneOf(['disabled', 'enabled'])),
});

/** What can only be said to be off. */
const switchedOff = optional(object({ enabled: oneOf(['false'], ['true']) }, ['liability']));

interface EndingParams {
  ui_mode: 'embedded_page' | 'hosted_page' | undefined;
  success_url: string | undefined;
  cancel_url: string | undefined;
  return_url: string | undefined;
  redirect_on_completion: 'always' | 'if_required' | 'never' | undefined;
}

/** Where the browser goes at the end: each way of showing the page has its own parameters. */
function endingOf(params: EndingParams) {
  const uiMode = params.ui_mode ?? 'hosted_page';
  const refuse = (param: keyof EndingParams, why: string): void => {
    if (params[param] !== undefined) throw invalidRequest(`\`${param}\` ${why}.`, { param });
  };
  const need = (param: 'return_url' | 'success_url'): string => {
    const value = params[param];
    if (value !== undefined) return value;
    throw invalidRequest(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
  };
  if (uiMode === 'hosted_page') {
    refuse('return_url', 'can only be used with `ui_mode` set to `embedded_page`, `elements` or `form`');
    refuse('redirect_on_completion', 'can only be used with `ui_mode` set to `embedded_page`');
    return {
      uiMode,
      successUrl: need('success_url'),
      cancelUrl: params.cancel_url ?? null,
      redirectOnCompletion: 'always' as const,
    };
  }
  refuse('success_url', 'cannot be used with `ui_mode` set to `embedded_page`; use `return_url`');
  refuse('cancel_url', 'cannot be used with `ui_mode` set to `embedded_page`');
  const redirectOnCompletion = params.redirect_on_completion ?? 'always';
  if (redirectOnCompletion === 'never')
    refuse('return_url', 'cannot be used with `redirect_on_completion` set to `never`');
  return {
    uiMode,
    successUrl: redirectOnCompletion === 'never' ? null : need('return_url'),
    cancelUrl: null,
    redirectOnCompletion,
  };
}

export const checkoutSessionRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/checkout/sessions',
    fidelity: 'simplified',
    note: 'mode payment, hosted or embedded; cards and bank debits; no taxes, discounts or shipping',
    ownTime: true,
    returns,
    params: {
      mode: oneOf(['payment'], ['setup', 'subscription']),
      ui_mode: optional(oneOf(['hosted_page', 'embedded_page'], ['elements', 'form'])),
      adaptive_pricing: switchedOff,
      allowed_payment_method_types: optional(array(methodTypes)),
      automatic_tax: switchedOff,
      phone_number_collection: switchedOff,
      redirect_on_completion: optional(oneOf(['always', 'if_required', 'never'])),
      return_url: optional(url()),
      saved_payment_method_options: optional(savedMethods),
      line_items: array(lineItem),
      success_url: optional(url()),
      cancel_url: optional(url()),
      customer: optional(string()),
      customer_email: optional(string({ maxLength: 800 })),
      customer_creation: optional(oneOf(['always', 'if_required'])),
      client_reference_id: optional(string({ maxLength: 200 })),
      currency: optional(currency()),
      expires_at: optional(timestamp()),
      integration_identifier: optional(string()),
      invoice_creation: optional(
        object({
          enabled: boolean(),
          invoice_data: optional(
            object({ description: optional(string({ maxLength: 1_500 })), metadata: metadata() }, [
              'account_tax_ids',
              'custom_fields',
              'footer',
              'issuer',
              'rendering_options',
            ]),
          ),
        }),
      ),
      locale: optional(string({ maxLength: 10 })),
      submit_type: optional(oneOf(['auto', 'book', 'donate', 'pay'])),
      metadata: metadata(),
      payment_intent_data: optional(
        object(
          {
            description: optional(string({ maxLength: 1_000 })),
            metadata: metadata(),
            receipt_email: optional(string()),
            setup_future_usage: optional(oneOf(['off_session', 'on_session'])),
            shipping: optional(paymentShippingParam),
            statement_descriptor: optional(string({ maxLength: 22 })),
          },
          [
            'application_fee_amount',
            'capture_method',
            'on_behalf_of',
            'statement_descriptor_suffix',
            'transfer_data',
            'transfer_group',
          ],
        ),
      ),
    },
    missing,
    legacy: [earlierMethodTypes],
    handle(world, params) {
      const nowSec = world.ownNowSec();
      if (params.customer !== undefined && params.customer_email !== undefined) {
        throw invalidRequest('You may only specify one of these parameters: customer, customer_email.', {
          code: 'parameters_exclusive',
          param: 'customer',
        });
      }
      if (params.customer !== undefined) requireCustomer(world, params.customer);
      const expiresSec = params.expires_at ?? nowSec + 86_400;
      if (expiresSec < nowSec + 1_800 || expiresSec > nowSec + 86_400) {
        throw invalidRequest(
          'The `expires_at` timestamp must be at least 30 minutes and at most 24 hours from Checkout Session creation.',
          {
            param: 'expires_at',
          },
        );
      }
      const ending = endingOf(params);
      const made = makeLines(world, params.line_items);
      const saved = params.saved_payment_method_options;
      const makesInvoice = params.invoice_creation?.enabled ?? false;
      const session = openSession(world, {
        ...made,
        ...ending,
        expiresSec,
        customerId: params.customer ?? null,
        customerEmail: params.customer_email ?? null,
        customerCreation:
          params.customer === undefined
            ? (params.customer_creation ?? (makesInvoice ? 'always' : 'if_required'))
            : null,
        clientReferenceId: params.client_reference_id ?? null,
        locale: params.locale ?? null,
        submitType: params.submit_type ?? null,
        integrationIdentifier: params.integration_identifier ?? null,
        allowedTypes: params.allowed_payment_method_types ?? null,
        savedMethods:
          saved === undefined
            ? null
            : {
                allowRedisplayFilters: saved.allow_redisplay_filters ?? null,
                remove: saved.payment_method_remove ?? null,
                save: saved.payment_method_save ?? null,
              },
        invoiceCreation: makesInvoice
          ? {
              description: params.invoice_creation?.invoice_data?.description ?? null,
              metadata: mergeMetadata({}, params.invoice_creation?.invoice_data?.metadata),
            }
          : null,
        metadata: mergeMetadata({}, params.metadata),
        intentData: {
          description: params.payment_intent_data?.description ?? null,
          metadata: mergeMetadata({}, params.payment_intent_data?.metadata),
          receiptEmail: params.payment_intent_data?.receipt_email ?? null,
          setupFutureUsage: params.payment_intent_data?.setup_future_usage ?? null,
          shipping: params.payment_intent_data?.shipping ?? null,
          statementDescriptor: params.payment_intent_data?.statement_descriptor ?? null,
        },
      });
      return toStripeCheckoutSession(world, session);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/checkout/sessions/:id',
    fidelity: 'exact',
    returns,
    handle: (world, _params, { id }) => toStripeCheckoutSession(world, requireSession(world, id)),
  }),
  route({
    method: 'GET',
    path: '/v1/checkout/sessions',
    fidelity: 'simplified',
    note: 'filters customer, payment_intent, status and created',
    returns: { ...returns, list: true },
    params: {
      ...pageParams,
      customer: optional(string()),
      payment_intent: optional(string()),
      status: optional(oneOf(['complete', 'expired', 'open'])),
      created: optional(timeRange()),
    },
    missing: ['customer_account', 'customer_details', 'payment_link', 'subscription'],
    handle(world, params) {
      if (params.customer !== undefined) requireCustomer(world, params.customer);
      const rows = checkoutSessions(world)
        .newestFirst()
        .filter(
          (session) =>
            (params.customer === undefined || session.customerId === params.customer) &&
            (params.payment_intent === undefined || session.paymentIntentId === params.payment_intent) &&
            (params.status === undefined || session.status === params.status) &&
            (params.created === undefined || params.created(session.createdSec)),
        );
      return paginate(rows, params, {
        url: '/v1/checkout/sessions',
        noun: 'checkout.session',
        toStripe: (session) => toStripeCheckoutSession(world, session),
      });
    },
  }),
  route({
    method: 'POST',
    path: '/v1/checkout/sessions/:id/expire',
    fidelity: 'exact',
    ownTime: true,
    returns,
    handle: (world, _params, { id }) =>
      toStripeCheckoutSession(world, expireSession(world, requireSession(world, id))),
  }),
  route({
    method: 'GET',
    path: '/v1/checkout/sessions/:id/line_items',
    fidelity: 'exact',
    returns: { kind: 'item', list: true },
    params: pageParams,
    handle(world, params, { id }) {
      const session = requireSession(world, id);
      return paginate(session.lines, params, {
        url: `/v1/checkout/sessions/${id}/line_items`,
        noun: 'line item',
        toStripe: (line) => toStripeLineItem(world, session, line),
      });
    },
  }),
];
