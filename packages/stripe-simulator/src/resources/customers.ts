import type Stripe from 'stripe';
import { resourceMissing } from '../protocol/errors.ts';
import { defineTable } from '../table.ts';
import type { Wire } from '../wire.ts';
import type { World } from '../world.ts';
import { type AddressState, toStripeAddress } from './address.ts';

export interface CustomerState {
  id: string;
  createdSec: number;
  name: string | null;
  email: string | null;
  description: string | null;
  phone: string | null;
  address: AddressState | null;
  preferredLocales: string[];
  taxExempt: 'exempt' | 'none' | 'reverse';
  metadata: Record<string, string>;
  /** Set by the first subscription or invoice, as at Stripe. */
  currency: string | null;
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
  metadata?: Record<string, string>;
}

/** Adds a customer and returns it. */
export function createCustomer(world: World, input: CustomerInput): CustomerState {
  const id = input.id ?? world.ids.next('cus_', 14);
  return customers(world).put({
    id,
    createdSec: world.nowSec(),
    name: input.name ?? null,
    email: input.email ?? null,
    description: input.description ?? null,
    phone: null,
    address: null,
    preferredLocales: [],
    taxExempt: 'none',
    metadata: input.metadata ?? {},
    currency: null,
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

export function toStripeDeletedCustomer({ id }: CustomerState): Wire<Stripe.DeletedCustomer> {
  return { id, object: 'customer', deleted: true } satisfies Wire<Stripe.DeletedCustomer>;
}

export function toStripeCustomer(customer: CustomerState) {
  return {
    id: customer.id,
    object: 'customer',
    address: toStripeAddress(customer.address),
    balance: 0,
    created: customer.createdSec,
    currency: customer.currency,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: customer.description,
    discount: null,
    email: customer.email,
    invoice_prefix: customer.invoicePrefix,
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata: customer.metadata,
    name: customer.name,
    next_invoice_sequence: customer.nextInvoiceSequence,
    phone: customer.phone,
    preferred_locales: customer.preferredLocales,
    shipping: null,
    tax_exempt: customer.taxExempt,
    test_clock: null,
  } satisfies Wire<Stripe.Customer>;
}

/** A customer as others' expansions show it: the whole object, or its deleted form. */
export function loadCustomer(world: World, id: string): object {
  const customer = customers(world).get(id);
  if (customer === undefined) throw resourceMissing('customer', id);
  return customer.deleted ? toStripeDeletedCustomer(customer) : toStripeCustomer(customer);
}
