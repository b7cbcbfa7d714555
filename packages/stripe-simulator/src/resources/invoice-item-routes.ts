import { changeInvoice } from '../billing/invoice-events.ts';
import { recomputeDraft } from '../billing/invoicing.ts';
import { emit } from '../events/emit.ts';
import { invalidRequest } from '../protocol/errors.ts';
import { pageParams, paginate } from '../protocol/paging.ts';
import {
  boolean,
  clearable,
  mergeMetadata,
  metadata,
  optional,
  string,
  timeRange,
} from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import type { World } from '../world.ts';
import { requireCustomer } from './customers.ts';
import { itemAmountParams, itemInput } from './invoice-item-input.ts';
import {
  createInvoiceItem,
  type InvoiceItemState,
  invoiceItems,
  requireInvoiceItem,
  toStripeInvoiceItem,
} from './invoice-items.ts';
import { type InvoiceState, invoices, requireInvoice } from './invoices.ts';
import { requireSubscription } from './subscriptions.ts';

const returns = { kind: 'invoiceitem', list: false };
const missing = ['customer_account', 'discounts', 'tax_behavior', 'tax_code', 'tax_rates'];

function requireDraft(world: World, id: string): InvoiceState {
  const invoice = requireInvoice(world, id, 'invoice');
  if (invoice.status !== 'draft') {
    throw invalidRequest('This invoice is no longer editable.', {
      code: 'invoice_not_editable',
      param: 'invoice',
    });
  }
  return invoice;
}

function recompute(world: World, invoiceId: string | null): void {
  const draft = invoiceId === null ? undefined : invoices(world).get(invoiceId);
  if (draft?.status === 'draft') changeInvoice(world, recomputeDraft(world, draft));
}

function checkEditable(world: World, item: InvoiceItemState): void {
  if (item.invoiceId !== null && requireInvoice(world, item.invoiceId).status !== 'draft') {
    throw invalidRequest('This invoice item is attached to an invoice that is no longer editable.', {
      code: 'invoice_not_editable',
    });
  }
}

export const invoiceItemRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/invoiceitems',
    fidelity: 'simplified',
    note: 'by amount, price, price data or unit amount; no taxes or discounts',
    returns,
    params: {
      ...itemAmountParams,
      customer: optional(string()),
      invoice: optional(string()),
      subscription: optional(string()),
      discountable: optional(boolean()),
      metadata: metadata(),
    },
    missing,
    handle(world, params) {
      const draft = params.invoice === undefined ? null : requireDraft(world, params.invoice);
      const customerId = params.customer ?? draft?.customerId;
      if (customerId === undefined)
        throw invalidRequest('Missing required param: customer.', {
          code: 'parameter_missing',
          param: 'customer',
        });
      const customer = requireCustomer(world, customerId);
      if (draft !== null && draft.customerId !== customer.id)
        throw invalidRequest('The invoice does not belong to the customer.', { param: 'invoice' });
      const subscription =
        params.subscription === undefined
          ? null
          : requireSubscription(world, params.subscription, 'subscription');
      const item = createInvoiceItem(
        world,
        {
          ...itemInput(world, params, {
            customerId: customer.id,
            currency: draft?.currency ?? customer.currency,
            subscriptionId: subscription?.id ?? null,
          }),
          ...(params.discountable === undefined ? {} : { discountable: params.discountable }),
          metadata: mergeMetadata({}, params.metadata),
        },
        draft?.id ?? null,
      );
      recompute(world, item.invoiceId);
      return toStripeInvoiceItem(world, item);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/invoiceitems/:id',
    fidelity: 'exact',
    returns,
    handle: (world, _params, { id }) => toStripeInvoiceItem(world, requireInvoiceItem(world, id)),
  }),
  route({
    method: 'POST',
    path: '/v1/invoiceitems/:id',
    fidelity: 'simplified',
    note: 'amount, description, discountable and metadata',
    returns,
    params: {
      amount: itemAmountParams.amount,
      description: clearable(string({ maxLength: 5_000 })),
      discountable: optional(boolean()),
      metadata: metadata(),
    },
    missing: [
      ...missing,
      'invoicing_rules',
      'period',
      'price_data',
      'pricing',
      'quantity',
      'quantity_decimal',
      'unit_amount_decimal',
    ],
    handle(world, params, { id }) {
      const item = requireInvoiceItem(world, id);
      checkEditable(world, item);
      const changed = invoiceItems(world).put({
        ...item,
        amountMinor: params.amount ?? item.amountMinor,
        unitAmountDecimal: params.amount === undefined ? item.unitAmountDecimal : String(params.amount),
        quantityDecimal: params.amount === undefined ? item.quantityDecimal : '1',
        description: params.description === undefined ? item.description : params.description,
        discountable: params.discountable ?? item.discountable,
        metadata: mergeMetadata(item.metadata, params.metadata),
      });
      recompute(world, changed.invoiceId);
      return toStripeInvoiceItem(world, changed);
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/invoiceitems/:id',
    fidelity: 'exact',
    handle(world, _params, { id }) {
      const item = requireInvoiceItem(world, id);
      checkEditable(world, item);
      invoiceItems(world).put({ ...item, deleted: true });
      emit(world, {
        type: 'invoiceitem.deleted',
        object: toStripeInvoiceItem(world, item),
        customerId: item.customerId,
      });
      recompute(world, item.invoiceId);
      return { id, object: 'invoiceitem', deleted: true };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/invoiceitems',
    fidelity: 'exact',
    returns: { ...returns, list: true },
    params: {
      ...pageParams,
      customer: optional(string()),
      invoice: optional(string()),
      pending: optional(boolean()),
      created: optional(timeRange()),
    },
    missing: ['customer_account'],
    handle(world, params) {
      if (params.customer !== undefined) requireCustomer(world, params.customer);
      const rows = invoiceItems(world)
        .newestFirst()
        .filter(
          (item) =>
            !item.deleted &&
            (params.customer === undefined || item.customerId === params.customer) &&
            (params.invoice === undefined || item.invoiceId === params.invoice) &&
            (params.pending === undefined || params.pending === (item.invoiceId === null)) &&
            (params.created === undefined || params.created(item.createdSec)),
        );
      return paginate(rows, params, {
        url: '/v1/invoiceitems',
        noun: 'invoiceitem',
        toStripe: (item) => toStripeInvoiceItem(world, item),
      });
    },
  }),
];
