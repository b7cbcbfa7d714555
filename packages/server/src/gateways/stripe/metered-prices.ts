import type Stripe from 'stripe';
import { idOf } from './from-stripe.ts';
import { listAll, pageSize } from './list-all.ts';

/** An active price that bills a meter's usage. */
export interface RawMeteredPrice {
  meterId: string;
  currency: string;
}

/** Every active price that a meter feeds. */
export async function listMeteredPrices(stripe: Stripe): Promise<RawMeteredPrice[]> {
  const prices = await listAll(stripe.prices.list({ active: true, limit: pageSize }));
  return prices.flatMap(({ recurring, currency }) =>
    recurring?.meter ? [{ meterId: idOf(recurring.meter), currency }] : [],
  );
}
