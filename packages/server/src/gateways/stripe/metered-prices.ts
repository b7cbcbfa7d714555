import type Stripe from 'stripe';
import type { RawPrice } from '../../gateway.ts';
import { idOf } from './from-stripe.ts';
import { listAll, pageSize } from './list-all.ts';

/** Every active price that a meter feeds. */
export async function listMeteredPrices(stripe: Stripe): Promise<Pick<RawPrice, 'currency' | 'meterId'>[]> {
  const prices = await listAll(stripe.prices.list({ active: true, limit: pageSize }));
  return prices.flatMap(({ recurring, currency }) =>
    recurring?.meter ? [{ meterId: idOf(recurring.meter), currency }] : [],
  );
}
