import type Stripe from 'stripe';

/**
 * A client of the stripe package, version 23.1 or newer. Described by its shape: a host's own copy of the package,
 * also the CommonJS one, is another class to TypeScript.
 */
export interface StripeClient {
  billing: Record<
    'meters' | 'creditGrants' | 'creditBalanceTransactions',
    { list(...parameters: never[]): unknown }
  >;
  checkout: { sessions: { create(...parameters: never[]): unknown } };
  invoices: { createPreview(...parameters: never[]): unknown };
}

/** The same client under the name by which this package knows its methods. */
export function asStripe(client: StripeClient): Stripe {
  return client as Stripe;
}
