import type Stripe from 'stripe';
import { resourceMissing } from '../protocol/errors.ts';
import type { Wire } from '../wire.ts';
import type { World } from '../world.ts';
import { toStripeAddress } from './address.ts';
import { customerBalance } from './customer-balance.ts';
import { type CustomerState, customers, type ShippingState } from './customers.ts';

export function toStripeDeletedCustomer({ id }: CustomerState): Wire<Stripe.DeletedCustomer> {
  return { id, object: 'customer', deleted: true } satisfies Wire<Stripe.DeletedCustomer>;
}

export function toStripeShipping(shipping: ShippingState | null) {
  const address = toStripeAddress(shipping?.address ?? null);
  if (shipping === null || address === null) return null;
  return { name: shipping.name, ...(shipping.phone === null ? {} : { phone: shipping.phone }), address };
}

export function toStripeCustomer(world: World, customer: CustomerState) {
  return {
    id: customer.id,
    object: 'customer',
    address: toStripeAddress(customer.address),
    balance: customerBalance(world, customer.id),
    created: customer.createdSec,
    currency: customer.currency,
    customer_account: null,
    default_source: null,
    delinquent: customer.delinquent,
    description: customer.description,
    discount: null,
    email: customer.email,
    invoice_prefix: customer.invoicePrefix,
    invoice_settings: {
      custom_fields: null,
      default_payment_method: customer.defaultPaymentMethodId,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata: customer.metadata,
    name: customer.name,
    next_invoice_sequence: customer.nextInvoiceSequence,
    phone: customer.phone,
    preferred_locales: customer.preferredLocales,
    shipping: toStripeShipping(customer.shipping),
    tax_exempt: customer.taxExempt,
    test_clock: world.clockIdOf(customer.id),
  } satisfies Wire<Stripe.Customer>;
}

/** A customer as others' expansions show it: the whole object, or its deleted form. */
export function loadCustomer(world: World, id: string): object {
  const customer = customers(world).get(id);
  if (customer === undefined) throw resourceMissing('customer', id);
  return customer.deleted ? toStripeDeletedCustomer(customer) : toStripeCustomer(world, customer);
}
