import { describe, expect, it } from 'vitest';
import { connect, errorOf } from '../testing/connect.ts';

describe('deleting a product', () => {
  it('works only while it has no price, and then for good', async () => {
    await using server = await connect();
    const { stripe } = server;
    const [free, priced] = [
      await stripe.products.create({ name: 'Free' }),
      await stripe.products.create({ name: 'Priced' }),
    ];
    await stripe.prices.create({ currency: 'usd', unit_amount: 100, product: priced.id });
    expect(await stripe.products.del(free.id)).toMatchObject({ id: free.id, deleted: true });
    expect((await errorOf(stripe.products.retrieve(free.id))).statusCode).toBe(404);
    expect((await stripe.products.list()).data.map(({ id }) => id)).toEqual([priced.id]);
    expect((await errorOf(stripe.products.del(priced.id))).statusCode).toBe(400);
    const [event] = (await stripe.events.list({ type: 'product.deleted' })).data;
    expect(event?.data.object).toMatchObject({ id: free.id });
  });
});
