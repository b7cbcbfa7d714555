import { cancelAllSubscriptions } from '../billing/cancel-subscription.ts';
import { emit, emitUpdate } from '../events/emit.ts';
import { invalidRequest, StripeFault } from '../protocol/errors.ts';
import { pageParams, paginate } from '../protocol/paging.ts';
import {
  array,
  clearable,
  integer,
  mergeMetadata,
  metadata,
  object,
  oneOf,
  optional,
  string,
  timeRange,
} from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import type { World } from '../world.ts';
import { type AddressState, addressParam } from './address.ts';
import { customerBalance, postBalanceTransaction } from './customer-balance.ts';
import { loadCustomer, toStripeCustomer, toStripeDeletedCustomer } from './customer-view.ts';
import { type CustomerState, createCustomer, customers, requireCustomer } from './customers.ts';
import { attachPaymentMethod, requirePaymentMethod, usePaymentMethod } from './payment-methods.ts';
import { requireRoomOnClock } from './test-clocks.ts';

const writable = {
  name: clearable(string({ maxLength: 256 })),
  email: clearable(string({ maxLength: 512 })),
  description: clearable(string({ maxLength: 350 })),
  phone: clearable(string({ maxLength: 20 })),
  address: clearable(object(addressParam)),
  shipping: clearable(
    object({ name: string(), phone: optional(string({ maxLength: 20 })), address: object(addressParam) }),
  ),
  preferred_locales: optional(array(string(), { max: 10 })),
  tax_exempt: optional(oneOf(['exempt', 'none', 'reverse'])),
  balance: optional(integer({ min: -999_999_999_999, max: 999_999_999_999 })),
  invoice_settings: optional(
    object({ default_payment_method: clearable(string()) }, ['custom_fields', 'footer', 'rendering_options']),
  ),
  metadata: metadata(),
};
const missing = [
  'business_name',
  'cash_balance',
  'default_source',
  'individual_name',
  'invoice_prefix',
  'next_invoice_sequence',
  'tax',
  'tax_id_data',
  'validate',
];

type Change = {
  name: string | null | undefined;
  email: string | null | undefined;
  description: string | null | undefined;
  phone: string | null | undefined;
  address: AddressState | null | undefined;
  shipping: { name: string; phone: string | undefined; address: AddressState } | null | undefined;
  preferred_locales: string[] | undefined;
  tax_exempt: CustomerState['taxExempt'] | undefined;
  balance: number | undefined;
  invoice_settings: { default_payment_method: string | null | undefined } | undefined;
  metadata: Map<string, string> | null | undefined;
};

function applyChange(world: World, customer: CustomerState, change: Change): CustomerState {
  const pick = <T>(next: T | undefined, current: T): T => (next === undefined ? current : next);
  const { shipping } = change;
  const changed = customers(world).put({
    ...customer,
    name: pick(change.name, customer.name),
    email: pick(change.email, customer.email),
    description: pick(change.description, customer.description),
    phone: pick(change.phone, customer.phone),
    address: pick(change.address, customer.address),
    shipping:
      shipping === undefined
        ? customer.shipping
        : shipping === null
          ? null
          : { ...shipping, phone: shipping.phone ?? null },
    preferredLocales: pick(change.preferred_locales, customer.preferredLocales),
    taxExempt: pick(change.tax_exempt, customer.taxExempt),
    defaultPaymentMethodId: defaultMethod(world, customer, change),
    metadata: mergeMetadata(customer.metadata, change.metadata),
  });
  if (change.balance === undefined) return changed;
  const amountMinor = change.balance - customerBalance(world, customer.id);
  if (amountMinor === 0) return changed;
  postBalanceTransaction(world, {
    customerId: customer.id,
    amountMinor,
    currency: changed.currency ?? 'usd',
    type: 'adjustment',
    invoiceId: null,
    description: null,
    metadata: {},
  });
  return requireCustomer(world, customer.id);
}

/** Attaches a method to a customer that is being created: a card that refuses leaves no customer behind. */
function attach(world: World, methodId: string, customerId: string): string {
  try {
    return attachPaymentMethod(world, usePaymentMethod(world, methodId), customerId).id;
  } catch (error) {
    if (!(error instanceof StripeFault)) throw error;
    const { status, type, details } = error;
    throw new StripeFault(error.message, {
      status,
      type,
      keepsEffects: false,
      ...(error.code === undefined ? {} : { code: error.code }),
      ...(error.param === undefined ? {} : { param: error.param }),
      ...(details === undefined ? {} : { details }),
    });
  }
}

/** The method that invoices are paid with; it must be attached to the customer. */
function defaultMethod(world: World, customer: CustomerState, change: Change): string | null {
  const id = change.invoice_settings?.default_payment_method;
  if (id === undefined || id === null) return id === null ? null : customer.defaultPaymentMethodId;
  const param = 'invoice_settings[default_payment_method]';
  const method = requirePaymentMethod(world, id, param);
  if (method.customerId === customer.id) return method.id;
  throw invalidRequest(
    `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
    { code: 'resource_missing', param },
  );
}

export const customerRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/customers',
    fidelity: 'simplified',
    note: 'a `source` becomes the default payment method; no tax ids, cash balances or invoice prefixes of your own',
    returns: { kind: 'customer', list: false },
    params: {
      ...writable,
      payment_method: optional(string()),
      source: optional(string()),
      test_clock: optional(string()),
    },
    missing,
    handle(world, params) {
      const clockId =
        params.test_clock === undefined ? undefined : requireRoomOnClock(world, params.test_clock).id;
      const created = createCustomer(world, { testClockId: clockId });
      const given = params.payment_method;
      const attachedId = given === undefined ? undefined : attach(world, given, created.id);
      if (params.source !== undefined) {
        const methodId = attach(world, params.source, created.id);
        customers(world).put({ ...requireCustomer(world, created.id), defaultPaymentMethodId: methodId });
      }
      const customer = toStripeCustomer(
        world,
        applyChange(world, requireCustomer(world, created.id), {
          ...params,
          invoice_settings:
            attachedId !== undefined && params.invoice_settings?.default_payment_method === given
              ? { default_payment_method: attachedId }
              : params.invoice_settings,
        }),
      );
      emit(world, { type: 'customer.created', object: customer, customerId: created.id });
      return customer;
    },
  }),
  route({
    method: 'GET',
    path: '/v1/customers/:id',
    fidelity: 'exact',
    returns: { kind: 'customer', list: false },
    handle: (world, _params, { id }) => loadCustomer(world, id),
  }),
  route({
    method: 'POST',
    path: '/v1/customers/:id',
    fidelity: 'simplified',
    note: 'the same fields as create',
    returns: { kind: 'customer', list: false },
    params: writable,
    missing,
    handle(world, params, { id }) {
      const customer = requireCustomer(world, id, 'id');
      const before = toStripeCustomer(world, customer);
      const after = toStripeCustomer(world, applyChange(world, customer, params));
      emitUpdate(world, { type: 'customer.updated', before, after, customerId: id });
      return after;
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/customers/:id',
    fidelity: 'exact',
    handle(world, _params, { id }) {
      requireCustomer(world, id, 'id');
      cancelAllSubscriptions(world, id);
      const last = requireCustomer(world, id, 'id');
      const deleted = customers(world).put({ ...last, deleted: true });
      emit(world, { type: 'customer.deleted', object: toStripeCustomer(world, last), customerId: id });
      return toStripeDeletedCustomer(deleted);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/customers',
    fidelity: 'simplified',
    note: 'filters email, created and test_clock; customers on a clock are hidden unless it is named',
    returns: { kind: 'customer', list: true },
    params: {
      ...pageParams,
      email: optional(string({ maxLength: 512 })),
      created: optional(timeRange()),
      test_clock: optional(string()),
    },
    handle(world, params) {
      const rows = customers(world)
        .newestFirst()
        .filter(
          (customer) =>
            !customer.deleted &&
            world.clockIdOf(customer.id) === (params.test_clock ?? null) &&
            (params.email === undefined || customer.email === params.email) &&
            (params.created === undefined || params.created(customer.createdSec)),
        );
      return paginate(rows, params, {
        url: '/v1/customers',
        noun: 'customer',
        toStripe: (customer) => toStripeCustomer(world, customer),
      });
    },
  }),
];
