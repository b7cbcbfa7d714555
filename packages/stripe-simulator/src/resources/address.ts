import type Stripe from 'stripe';
import { optional, string } from '../protocol/params.ts';
import type { Wire } from '../wire.ts';

const line = optional(string());
/** The six fields of a postal address, all optional. */
export const addressParam = {
  city: line,
  country: line,
  line1: line,
  line2: line,
  postal_code: line,
  state: line,
};

export type AddressState = { [Key in keyof typeof addressParam]: string | undefined };

export function toStripeAddress(address: AddressState | null) {
  if (address === null) return null;
  return {
    city: address.city ?? null,
    country: address.country ?? null,
    line1: address.line1 ?? null,
    line2: address.line2 ?? null,
    postal_code: address.postal_code ?? null,
    state: address.state ?? null,
  } satisfies Wire<Stripe.Address>;
}
