import type Stripe from 'stripe';
import { object, optional, string } from '../protocol/params.ts';
import type { Wire } from '../wire.ts';
import { type AddressState, addressParam, toStripeAddress } from './address.ts';

/** Where a payment's goods go, kept and shown as it was given. */
export interface PaymentShippingState {
  name: string;
  address: AddressState;
  phone: string | undefined;
  carrier: string | undefined;
  tracking_number: string | undefined;
}

export const paymentShippingParam = object({
  name: string(),
  address: object(addressParam),
  phone: optional(string()),
  carrier: optional(string()),
  tracking_number: optional(string()),
});

export function toStripePaymentShipping(shipping: PaymentShippingState | null) {
  const address = toStripeAddress(shipping?.address ?? null);
  if (shipping === null || address === null) return null;
  return {
    address,
    carrier: shipping.carrier ?? null,
    name: shipping.name,
    phone: shipping.phone ?? null,
    tracking_number: shipping.tracking_number ?? null,
  } satisfies Wire<Stripe.PaymentIntent.Shipping>;
}
