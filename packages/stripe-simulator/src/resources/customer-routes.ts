import { cancelAllSubscriptions } from '../billing/renewals.ts';
import { pageParams, paginate } from '../protocol/paging.ts';
import {
  array,
  clearable,
  mergeMetadata,
  metadata,
  object,
  oneOf,
  optional,
  string,
  timeRange,
} from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import { type AddressState, addressParam } from './address.ts';
import {
  type CustomerState,
  createCustomer,
  customers,
  loadCustomer,
  requireCustomer,
  toStripeCustomer,
  toStripeDeletedCustomer,
} from './customers.ts';

const writable = {
  name: clearable(string({ maxLength: 256 })),
  email: clearable(string({ maxLength: 512 })),
  description: clearable(string({ maxLength: 350 })),
  phone: clearable(string({ maxLength: 20 })),
  address: clearable(object(addressParam)),
  preferred_locales: optional(array(string(), { max: 10 })),
  tax_exempt: optional(oneOf(['exempt', 'none', 'reverse'])),
  metadata: metadata(),
};
const missing = [
  'balance',
  'business_name',
  'cash_balance',
  'default_source',
  'individual_name',
  'invoice_prefix',
  'invoice_settings',
  'next_invoice_sequence',
  'payment_method',
  'shipping',
  'source',
  'tax',
  'tax_id_data',
  'test_clock',
  'validate',
];

type Change = {
  name: string | null | undefined;
  email: string | null | undefined;
  description: string | null | undefined;
  phone: string | null | undefined;
  address: AddressState | null | undefined;
  preferred_locales: string[] | undefined;
  tax_exempt: CustomerState['taxExempt'] | undefined;
  metadata: Map<string, string> | null | undefined;
};

function applyChange(customer: CustomerState, change: Change): CustomerState {
  const pick = <T>(next: T | undefined, current: T): T => (next === undefined ? current : next);
  return {
    ...customer,
    name: pick(change.name, customer.name),
    email: pick(change.email, customer.email),
    description: pick(change.description, customer.description),
    phone: pick(change.phone, customer.phone),
    address: pick(change.address, customer.address),
    preferredLocales: pick(change.preferred_locales, customer.preferredLocales),
    taxExempt: pick(change.tax_exempt, customer.taxExempt),
    metadata: mergeMetadata(customer.metadata, change.metadata),
  };
}

export const customerRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/customers',
    fidelity: 'simplified',
    note: 'names, addresses, locales and metadata; no payment methods, balances, tax ids or test clocks',
    returns: { kind: 'customer', list: false },
    params: writable,
    missing,
    handle(world, params) {
      return toStripeCustomer(customers(world).put(applyChange(createCustomer(world, {}), params)));
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
      return toStripeCustomer(customers(world).put(applyChange(requireCustomer(world, id, 'id'), params)));
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/customers/:id',
    fidelity: 'exact',
    handle(world, _params, { id }) {
      const customer = requireCustomer(world, id, 'id');
      cancelAllSubscriptions(world, id);
      return toStripeDeletedCustomer(customers(world).put({ ...customer, deleted: true }));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/customers',
    fidelity: 'simplified',
    note: 'filters email and created; no test clocks',
    returns: { kind: 'customer', list: true },
    params: { ...pageParams, email: optional(string({ maxLength: 512 })), created: optional(timeRange()) },
    missing: ['test_clock'],
    handle(world, params) {
      const rows = customers(world)
        .newestFirst()
        .filter(
          (customer) =>
            !customer.deleted &&
            (params.email === undefined || customer.email === params.email) &&
            (params.created === undefined || params.created(customer.createdSec)),
        );
      return paginate(rows, params, { url: '/v1/customers', noun: 'customer', toStripe: toStripeCustomer });
    },
  }),
];
