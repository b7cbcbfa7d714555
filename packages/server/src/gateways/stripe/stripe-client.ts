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

/**
 * Whether the client's key moves real money; `null` where the client does not show it. The SDK has no name for its
 * key: version 23 keeps it with its authenticator.
 */
export function livemodeOf(client: StripeClient): boolean | null {
  const authenticator: unknown = Reflect.get(client, '_authenticator');
  if (typeof authenticator !== 'object' && typeof authenticator !== 'function') return null;
  const key: unknown = authenticator === null ? undefined : Reflect.get(authenticator, '_apiKey');
  const mode = typeof key === 'string' ? /^(?:sk|rk)_(live|test)_/.exec(key)?.[1] : undefined;
  return mode === undefined ? null : mode === 'live';
}

/** The account behind Stripe's own address, as far as the client names it; `null`: it speaks to another address. */
export function addressOf(client: StripeClient): string | null {
  const api: unknown = Reflect.get(client, '_api');
  if (typeof api !== 'object' || api === null || Reflect.get(api, 'host') !== 'api.stripe.com') return null;
  const account: unknown = Reflect.get(api, 'stripeAccount');
  return `api.stripe.com ${typeof account === 'string' ? account : ''}`;
}
