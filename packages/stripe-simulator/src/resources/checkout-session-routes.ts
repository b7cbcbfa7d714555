import { invalidRequest } from '../protocol/errors.ts';
import { pageParams, paginate } from '../protocol/paging.ts';
import {
  array,
  boolean,
  currency,
  mergeMetadata,
  metadata,
  oneOf,
  optional,
  string,
  timeRange,
  timestamp,
  url,
} from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import { discountNamed } from './checkout-discounts.ts';
import { expireSession, openSession } from './checkout-life.ts';
import { lineItem, makeLines } from './checkout-lines.ts';
import {
  automaticTax,
  checkCustomer,
  customerUpdate,
  discounts,
  endingOf,
  intentData,
  invoiceCreation,
  missing,
  savedMethods,
  switched,
  switchedOff,
} from './checkout-params.ts';
import {
  checkoutSessions,
  requireSession,
  toStripeCheckoutSession,
  toStripeLineItem,
} from './checkout-sessions.ts';
import { requireCustomer } from './customers.ts';
import { earlierMethodTypes, methodTypes } from './intent-params.ts';
import { localCurrency } from './presentment.ts';

const returns = { kind: 'checkout.session', list: false };

export const checkoutSessionRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/checkout/sessions',
    fidelity: 'simplified',
    note: 'mode payment, hosted or embedded; cards and bank debits; one discount, one rate of tax; no shipping',
    ownTime: true,
    returns,
    params: {
      mode: oneOf(['payment'], ['setup', 'subscription']),
      ui_mode: optional(oneOf(['hosted_page', 'embedded_page'], ['elements', 'form'])),
      adaptive_pricing: switched,
      allow_promotion_codes: optional(boolean()),
      allowed_payment_method_types: optional(array(methodTypes)),
      automatic_tax: automaticTax,
      discounts,
      phone_number_collection: switchedOff,
      redirect_on_completion: optional(oneOf(['always', 'if_required', 'never'])),
      return_url: optional(url()),
      saved_payment_method_options: optional(savedMethods),
      line_items: array(lineItem),
      success_url: optional(url()),
      cancel_url: optional(url()),
      customer: optional(string()),
      customer_email: optional(string({ maxLength: 800 })),
      customer_update: customerUpdate,
      customer_creation: optional(oneOf(['always', 'if_required'])),
      client_reference_id: optional(string({ maxLength: 200 })),
      currency: optional(currency()),
      expires_at: optional(timestamp()),
      integration_identifier: optional(string()),
      invoice_creation: invoiceCreation,
      locale: optional(string({ maxLength: 10 })),
      submit_type: optional(oneOf(['auto', 'book', 'donate', 'pay'])),
      metadata: metadata(),
      payment_intent_data: intentData,
    },
    missing,
    legacy: [earlierMethodTypes],
    handle(world, params) {
      const nowSec = world.ownNowSec();
      if (params.allow_promotion_codes !== undefined && params.discounts !== undefined) {
        throw invalidRequest(
          'You may only specify one of these parameters: allow_promotion_codes, discounts.',
          { code: 'parameters_exclusive', param: 'allow_promotion_codes' },
        );
      }
      checkCustomer(world, params);
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
      const customerId = params.customer ?? null;
      const taxPercent =
        params.automatic_tax?.enabled === true ? world.assumptions.automaticTaxPercent : null;
      const [discount] = params.discounts ?? [];
      const makesInvoice = params.invoice_creation?.enabled ?? false;
      const session = openSession(world, {
        ...made,
        ...ending,
        expiresSec,
        allowPromotionCodes: params.allow_promotion_codes ?? null,
        discount:
          discount === undefined ? null : discountNamed(world, discount, { ...made, customerId, taxPercent }),
        taxPercent,
        adaptive: params.adaptive_pricing?.enabled ?? localCurrency(world, made.currency) !== null,
        customerId,
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
    fidelity: 'simplified',
    note: 'no breakdown of discounts and taxes',
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
