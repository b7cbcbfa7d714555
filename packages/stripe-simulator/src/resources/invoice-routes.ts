import { changeInvoice } from '../billing/invoice-events.ts';
import { deleteDraft, openDraft } from '../billing/invoicing.ts';
import { DRAFT_WINDOW_SEC, scheduleFinalization } from '../billing/pay-invoice.ts';
import { invalidRequest } from '../protocol/errors.ts';
import { pageParams, paginate } from '../protocol/paging.ts';
import {
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
  timestamp,
} from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import { requireCustomer } from './customers.ts';
import { pendingItems } from './invoice-items.ts';
import { dueDateSec, toStripeInvoice, toStripeInvoiceLine } from './invoice-view.ts';
import { type InvoiceState, invoiceAmounts, invoices, requireInvoice } from './invoices.ts';
import { usePaymentMethod } from './payment-methods.ts';
import { requireSubscription } from './subscriptions.ts';

const returns = { kind: 'invoice', list: false };
const writable = {
  auto_advance: optional(boolean()),
  automatically_finalizes_at: optional(timestamp()),
  collection_method: optional(oneOf(['charge_automatically', 'send_invoice'])),
  days_until_due: optional(integer({ min: 0, max: 3_650 })),
  default_payment_method: optional(string()),
  description: clearable(string({ maxLength: 1_500 })),
  due_date: optional(timestamp()),
  footer: clearable(string()),
  number: clearable(string({ maxLength: 26 })),
  metadata: metadata(),
};
const missing = [
  'account_tax_ids',
  'application_fee_amount',
  'automatic_tax',
  'custom_fields',
  'customer_account',
  'default_source',
  'default_tax_rates',
  'discounts',
  'effective_at',
  'from_invoice',
  'issuer',
  'on_behalf_of',
  'payment_settings',
  'rendering',
  'shipping_cost',
  'shipping_details',
  'statement_descriptor',
  'transfer_data',
];

/** Throws Stripe's 400 for a due date on an invoice that is charged. */
function checkDue(
  method: InvoiceState['collectionMethod'],
  {
    days_until_due: days,
    due_date: due,
  }: { days_until_due: number | undefined; due_date: number | undefined },
): void {
  if (method === 'send_invoice' || (days === undefined && due === undefined)) return;
  throw invalidRequest(
    'You can only specify a due date for invoices with `collection_method=send_invoice`.',
    {
      param: days === undefined ? 'due_date' : 'days_until_due',
    },
  );
}

export const invoiceRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/invoices',
    fidelity: 'simplified',
    note: 'one-off invoices with pending items; no taxes, discounts, shipping or revisions',
    returns,
    params: {
      ...writable,
      customer: optional(string()),
      subscription: optional(string()),
      currency: optional(currency()),
      pending_invoice_items_behavior: optional(oneOf(['exclude', 'include'])),
    },
    missing,
    handle(world, params) {
      const subscription =
        params.subscription === undefined
          ? null
          : requireSubscription(world, params.subscription, 'subscription');
      const customerId = params.customer ?? subscription?.customerId;
      if (customerId === undefined)
        throw invalidRequest('Missing required param: customer.', {
          code: 'parameter_missing',
          param: 'customer',
        });
      const customer = requireCustomer(world, customerId);
      if (subscription !== null && subscription.customerId !== customer.id)
        throw invalidRequest('The subscription does not belong to the customer.', { param: 'subscription' });
      const collectionMethod = params.collection_method ?? 'charge_automatically';
      checkDue(collectionMethod, params);
      if (
        collectionMethod === 'send_invoice' &&
        params.days_until_due === undefined &&
        params.due_date === undefined
      )
        throw invalidRequest('Missing required param: days_until_due.', {
          code: 'parameter_missing',
          param: 'days_until_due',
        });
      const own = params.currency ?? subscription?.currency ?? customer.currency ?? 'usd';
      const nowSec = world.nowSecFor(customer.id);
      const waiting = pendingItems(world, customer.id, own, subscription?.id ?? null);
      const items =
        subscription !== null
          ? waiting.filter((item) => item.subscriptionId === subscription.id)
          : params.pending_invoice_items_behavior === 'include'
            ? waiting
            : [];
      if (subscription !== null && items.length === 0)
        throw invalidRequest('Nothing to invoice for subscription', {
          code: 'invoice_no_subscription_line_items',
        });
      const autoAdvance = params.auto_advance ?? false;
      const draft = openDraft(
        world,
        {
          customerId: customer.id,
          subscriptionId: subscription?.id ?? null,
          currency: own,
          billingReason: 'manual',
          collectionMethod,
          daysUntilDue: params.days_until_due ?? null,
          defaultPaymentMethodId:
            params.default_payment_method === undefined
              ? null
              : usePaymentMethod(world, params.default_payment_method, 'default_payment_method').id,
          spans: [],
          items,
          createdSec: nowSec,
          periodStartSec: nowSec,
          periodEndSec: nowSec,
        },
        {
          autoAdvance,
          automaticallyFinalizesSec:
            params.automatically_finalizes_at ?? (autoAdvance ? nowSec + DRAFT_WINDOW_SEC : null),
          description: params.description ?? null,
          footer: params.footer ?? null,
          dueSec: params.due_date ?? null,
          number: params.number ?? null,
          metadata: mergeMetadata({}, params.metadata),
        },
      );
      scheduleFinalization(world, draft);
      return toStripeInvoice(world, draft);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/invoices',
    fidelity: 'exact',
    returns: { ...returns, list: true },
    params: {
      ...pageParams,
      customer: optional(string()),
      subscription: optional(string()),
      status: optional(oneOf(['draft', 'open', 'paid', 'uncollectible', 'void'])),
      collection_method: optional(oneOf(['charge_automatically', 'send_invoice'])),
      created: optional(timeRange()),
      due_date: optional(timeRange()),
    },
    missing: ['customer_account'],
    handle(world, params) {
      if (params.customer !== undefined) requireCustomer(world, params.customer);
      if (params.subscription !== undefined) requireSubscription(world, params.subscription, 'subscription');
      const isDue = (invoice: InvoiceState): boolean => {
        const dueSec = dueDateSec(invoice);
        return params.due_date === undefined || (dueSec !== null && params.due_date(dueSec));
      };
      const rows = invoices(world)
        .newestFirst()
        .filter(
          (invoice) =>
            !invoice.deleted &&
            (params.customer === undefined || invoice.customerId === params.customer) &&
            (params.subscription === undefined || invoice.subscriptionId === params.subscription) &&
            (params.status === undefined || invoice.status === params.status) &&
            (params.collection_method === undefined ||
              invoice.collectionMethod === params.collection_method) &&
            (params.created === undefined || params.created(invoice.createdSec)) &&
            isDue(invoice),
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
    method: 'POST',
    path: '/v1/invoices/:id',
    fidelity: 'simplified',
    note: 'a finalised invoice takes metadata, description-free fields and auto_advance only',
    returns,
    params: writable,
    missing,
    handle(world, params, { id }) {
      const invoice = requireInvoice(world, id);
      const { auto_advance, metadata: change, default_payment_method: method, ...draftOnly } = params;
      if (invoice.status !== 'draft' && Object.values(draftOnly).some((given) => given !== undefined)) {
        throw invalidRequest("Finalized invoices can't be updated in this way", {
          code: 'invoice_not_editable',
        });
      }
      const collectionMethod = params.collection_method ?? invoice.collectionMethod;
      checkDue(collectionMethod, params);
      const autoAdvance = auto_advance ?? invoice.autoAdvance;
      const begins = autoAdvance && !invoice.autoAdvance && invoice.status === 'draft';
      const next = changeInvoice(world, {
        ...invoice,
        autoAdvance,
        collectionMethod,
        automaticallyFinalizesSec:
          params.automatically_finalizes_at ??
          (begins
            ? world.nowSecFor(invoice.customerId) + DRAFT_WINDOW_SEC
            : autoAdvance
              ? invoice.automaticallyFinalizesSec
              : null),
        daysUntilDue: params.days_until_due ?? invoice.daysUntilDue,
        dueSec: params.due_date ?? invoice.dueSec,
        defaultPaymentMethodId:
          method === undefined
            ? invoice.defaultPaymentMethodId
            : usePaymentMethod(world, method, 'default_payment_method').id,
        description: params.description === undefined ? invoice.description : params.description,
        footer: params.footer === undefined ? invoice.footer : params.footer,
        number: params.number === undefined ? invoice.number : params.number,
        metadata: mergeMetadata(invoice.metadata, change),
      });
      if (next.status === 'draft' && next.automaticallyFinalizesSec !== invoice.automaticallyFinalizesSec)
        scheduleFinalization(world, next);
      return toStripeInvoice(world, next);
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/invoices/:id',
    fidelity: 'exact',
    handle(world, _params, { id }) {
      deleteDraft(world, requireInvoice(world, id));
      return { id, object: 'invoice', deleted: true };
    },
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
];
