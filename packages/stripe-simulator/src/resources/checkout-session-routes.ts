import { invalidRequest, notImplemented } from '../protocol/errors.ts';
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
import { lineItem, makeLines } from './checkout-lines.ts';
import {
  checkoutSessions,
  expireSession,
  openSession,
  requireSession,
  toStripeCheckoutSession,
  toStripeLineItem,
} from './checkout-sessions.ts';
import { requireCustomer } from './customers.ts';

const returns = { kind: 'checkout.session', list: false };

const missing = [
  'adaptive_pricing',
  'after_expiration',
  'allow_promotion_codes',
  'allowed_payment_method_types',
  'automatic_tax',
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
  'phone_number_collection',
  'redirect_on_completion',
  'return_url',
  'saved_payment_method_options',
  'setup_intent_data',
  'shipping_address_collection',
  'shipping_options',
  'subscription_data',
  'tax_id_collection',
  'wallet_options',
];

export const checkoutSessionRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/checkout/sessions',
    fidelity: 'simplified',
    note: 'mode payment on the hosted page; the payment succeeds; no taxes, discounts, shipping or saved cards',
    returns,
    params: {
      mode: oneOf(['payment'], ['setup', 'subscription']),
      ui_mode: optional(oneOf(['hosted_page'], ['elements', 'embedded_page', 'form'])),
      line_items: array(lineItem),
      success_url: url(),
      cancel_url: optional(url()),
      customer: optional(string()),
      customer_email: optional(string({ maxLength: 800 })),
      customer_creation: optional(oneOf(['always', 'if_required'])),
      client_reference_id: optional(string({ maxLength: 200 })),
      currency: optional(currency()),
      expires_at: optional(timestamp()),
      integration_identifier: optional(string()),
      invoice_creation: optional(object({ enabled: boolean() }, ['invoice_data'])),
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
            statement_descriptor: optional(string({ maxLength: 22 })),
          },
          [
            'application_fee_amount',
            'capture_method',
            'on_behalf_of',
            'shipping',
            'statement_descriptor_suffix',
            'transfer_data',
            'transfer_group',
          ],
        ),
      ),
    },
    missing,
    handle(world, params) {
      const nowSec = world.nowSec();
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
      if (params.invoice_creation?.enabled === true)
        throw notImplemented("the parameter 'invoice_creation[enabled]'");
      const made = makeLines(world, params.line_items);
      const session = openSession(world, {
        ...made,
        expiresSec,
        customerId: params.customer ?? null,
        customerEmail: params.customer_email ?? null,
        customerCreation: params.customer_creation ?? 'if_required',
        clientReferenceId: params.client_reference_id ?? null,
        locale: params.locale ?? null,
        submitType: params.submit_type ?? null,
        integrationIdentifier: params.integration_identifier ?? null,
        successUrl: params.success_url,
        cancelUrl: params.cancel_url ?? null,
        metadata: mergeMetadata({}, params.metadata),
        intentData: {
          description: params.payment_intent_data?.description ?? null,
          metadata: mergeMetadata({}, params.payment_intent_data?.metadata),
          receiptEmail: params.payment_intent_data?.receipt_email ?? null,
          setupFutureUsage: params.payment_intent_data?.setup_future_usage ?? null,
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
