import { describe, expect, it } from 'vitest';
import { licensed } from '../testing/catalog.ts';
import { connect, errorOf } from '../testing/connect.ts';

describe('the interval of a price', () => {
  it.each([
    ['day', 1_095],
    ['week', 156],
    ['month', 36],
    ['year', 3],
  ] as const)('in units of a %s is at most %d of them', async (interval, most) => {
    await using server = await connect();
    const { stripe } = server;
    const price = (interval_count: number) => licensed(stripe, { recurring: { interval, interval_count } });
    const plan = (interval_count: number) =>
      stripe.plans.create({
        currency: 'usd',
        amount: 5,
        interval,
        interval_count,
        product: { name: 'Gold' },
      });
    expect((await price(most)).recurring?.interval_count).toBe(most);
    expect((await plan(most)).interval_count).toBe(most);
    expect(await errorOf(price(most + 1))).toMatchObject({
      statusCode: 400,
      param: 'recurring[interval_count]',
    });
    expect(await errorOf(plan(most + 1))).toMatchObject({ statusCode: 400, param: 'interval_count' });
  });
});
