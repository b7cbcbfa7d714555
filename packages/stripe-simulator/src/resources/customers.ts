import { resourceMissing } from '../protocol/errors.ts';
import { defineTable } from '../table.ts';
import type { World } from '../world.ts';
import type { AddressState } from './address.ts';

/** Where a customer's parcels go. */
export interface ShippingState {
  name: string;
  phone: string | null;
  address: AddressState;
}

export interface CustomerState {
  id: string;
  createdSec: number;
  name: string | null;
  email: string | null;
  description: string | null;
  phone: string | null;
  address: AddressState | null;
  shipping: ShippingState | null;
  preferredLocales: string[];
  taxExempt: 'exempt' | 'none' | 'reverse';
  metadata: Record<string, string>;
  /** Set by the first subscription, invoice or balance transaction, as at Stripe. */
  currency: string | null;
  /** What invoices are paid with (`invoice_settings.default_payment_method`). */
  defaultPaymentMethodId: string | null;
  /** True while the last automatic payment of one of its invoices has failed. */
  delinquent: boolean;
  invoicePrefix: string;
  nextInvoiceSequence: number;
  deleted: boolean;
}

export const customers = defineTable<CustomerState>();

export interface CustomerInput {
  /** Only scenarios choose ids; over HTTP they are generated. */
  id?: string;
  name?: string | null | undefined;
  email?: string | null | undefined;
  description?: string | null | undefined;
  /** An open test clock, which the customer then lives on. */
  testClockId?: string | undefined;
  metadata?: Record<string, string>;
}

/** Adds a customer and returns it. */
export function createCustomer(world: World, input: CustomerInput): CustomerState {
  const id = input.id ?? world.ids.next('cus_', 14);
  if (input.testClockId !== undefined) world.joinClock(input.testClockId, id);
  return customers(world).put({
    id,
    createdSec: world.nowSecFor(id),
    name: input.name ?? null,
    email: input.email ?? null,
    description: input.description ?? null,
    phone: null,
    address: null,
    shipping: null,
    preferredLocales: [],
    taxExempt: 'none',
    metadata: input.metadata ?? {},
    currency: null,
    defaultPaymentMethodId: null,
    delinquent: false,
    invoicePrefix: world.ids.stable('', `invoice-prefix:${id}`, 8).toUpperCase(),
    nextInvoiceSequence: 1,
    deleted: false,
  });
}

/** The customer, or Stripe's error for an unknown or deleted one. */
export function requireCustomer(world: World, id: string, param = 'customer'): CustomerState {
  const customer = customers(world).get(id);
  if (customer === undefined || customer.deleted) throw resourceMissing('customer', id, param);
  return customer;
}

/** The currency of a customer, fixed by its first bill; `currency` becomes it when there was none. */
export function settleCurrency(world: World, customerId: string, currency: string): void {
  const customer = customers(world).get(customerId);
  if (customer !== undefined && customer.currency === null) customers(world).put({ ...customer, currency });
}
