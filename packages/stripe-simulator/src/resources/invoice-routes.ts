import { finalizeInvoice, payInvoice, scheduleCollection, voidInvoice } from '../billing/invoicing.ts';
import { previewNextInvoice } from '../billing/renewals.ts';
import { invalidRequest } from '../protocol/errors.ts';
import { pageParams, paginate } from '../protocol/paging.ts';
import { boolean, oneOf, optional, string, timeRange } from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import { requireCustomer } from './customers.ts';
import { toStripeInvoice, toStripeInvoiceLine } from './invoice-view.ts';
import { invoiceAmounts, invoices, requireInvoice } from './invoices.ts';
import { requireSubscription } from './subscriptions.ts';

const returns = { kind: 'invoice', list: false };

export const invoiceRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/invoices/create_preview',
    fidelity: 'simplified',
    note: 'of an existing subscription, preview_mode next; no what-if changes',
    returns,
    params: {
      subscription: optional(string()),
      customer: optional(string()),
      preview_mode: optional(oneOf(['next'], ['recurring'])),
    },
    missing: [
      'automatic_tax',
      'currency',
      'customer_account',
      'customer_details',
      'discounts',
      'invoice_items',
      'issuer',
      'on_behalf_of',
      'schedule',
      'schedule_details',
      'subscription_details',
    ],
    handle(world, params) {
      if (params.customer !== undefined) requireCustomer(world, params.customer);
      if (params.subscription === undefined) {
        throw invalidRequest(
          'You must pass `subscription` to preview an invoice. Previews by customer alone were removed in API version 2025-03-31.basil.',
          { code: 'parameter_missing', param: 'subscription' },
        );
      }
      const preview = previewNextInvoice(world, params.subscription);
      if (params.customer !== undefined && preview.customerId !== params.customer) {
        throw invalidRequest('The subscription does not belong to the customer.', { param: 'subscription' });
      }
      return toStripeInvoice(world, preview);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/invoices',
    fidelity: 'simplified',
    note: 'filters customer, subscription, status, collection_method and created',
    returns: { ...returns, list: true },
    params: {
      ...pageParams,
      customer: optional(string()),
      subscription: optional(string()),
      status: optional(oneOf(['draft', 'open', 'paid', 'uncollectible', 'void'])),
      collection_method: optional(oneOf(['charge_automatically', 'send_invoice'])),
      created: optional(timeRange()),
    },
    missing: ['customer_account', 'due_date'],
    handle(world, params) {
      if (params.customer !== undefined) requireCustomer(world, params.customer);
      if (params.subscription !== undefined) requireSubscription(world, params.subscription, 'subscription');
      const rows = invoices(world)
        .newestFirst()
        .filter(
          (invoice) =>
            (params.customer === undefined || invoice.customerId === params.customer) &&
            (params.subscription === undefined || invoice.subscriptionId === params.subscription) &&
            (params.status === undefined || invoice.status === params.status) &&
            (params.collection_method === undefined ||
              invoice.collectionMethod === params.collection_method) &&
            (params.created === undefined || params.created(invoice.createdSec)),
        );
      return paginate(rows, params, {
        url: '/v1/invoices',
        noun: 'invoice',
        toStripe: (invoice) => toStripeInvoice(world, invoice),
      });
    },
  }),
  route({
    method: 'GET',
    path: '/v1/invoices/:id',
    fidelity: 'exact',
    returns,
    handle: (world, _params, { id }) => toStripeInvoice(world, requireInvoice(world, id)),
  }),
  route({
    method: 'GET',
    path: '/v1/invoices/:id/lines',
    fidelity: 'exact',
    returns: { kind: 'line_item', list: true },
    params: pageParams,
    handle(world, params, { id }) {
      const invoice = requireInvoice(world, id);
      const { credits } = invoiceAmounts(world, invoice);
      return paginate(invoice.lines, params, {
        url: `/v1/invoices/${id}/lines`,
        noun: 'invoice line item',
        toStripe: (line) => toStripeInvoiceLine(invoice, line, credits),
      });
    },
  }),
  route({
    method: 'POST',
    path: '/v1/invoices/:id/finalize',
    fidelity: 'simplified',
    note: 'the automatic charge follows an hour later (assumption)',
    returns,
    params: { auto_advance: optional(boolean()) },
    handle(world, params, { id }) {
      const draft = requireInvoice(world, id);
      const finalized = finalizeInvoice(world, {
        ...draft,
        autoAdvance: params.auto_advance ?? draft.autoAdvance,
      });
      scheduleCollection(world, finalized);
      return toStripeInvoice(world, finalized);
    },
  }),
  route({
    method: 'POST',
    path: '/v1/invoices/:id/pay',
    fidelity: 'simplified',
    note: 'the charge always succeeds; no invoice payments yet',
    returns,
    params: { paid_out_of_band: optional(boolean()), off_session: optional(boolean()) },
    missing: ['forgive', 'mandate', 'payment_method', 'source'],
    handle: (world, _params, { id }) => toStripeInvoice(world, payInvoice(world, requireInvoice(world, id))),
  }),
  route({
    method: 'POST',
    path: '/v1/invoices/:id/void',
    fidelity: 'exact',
    returns,
    handle: (world, _params, { id }) => toStripeInvoice(world, voidInvoice(world, requireInvoice(world, id))),
  }),
];
