import type Stripe from 'stripe';

/** Stripe's largest page: the default of 10 multiplies calls. */
export const pageSize = 100;

const maxItems = 10_000;

/** Every item of a list, all pages. Throws rather than leave some out. */
export async function listAll<T>(list: Stripe.ApiListPromise<T>): Promise<T[]> {
  const items = await list.autoPagingToArray({ limit: maxItems });
  if (items.length === maxItems) {
    throw new Error(
      `Stripe lists ${maxItems} entries or more. A figure made from a part of them would be wrong.`,
    );
  }
  return items;
}
