import { describe, expect, it } from 'vitest';
import { connect, send } from '../testing/connect.ts';

describe('plans', () => {
  it('are recurring prices under their older name', async () => {
    await using server = await connect();
    const { stripe } = server;
    const plan = await stripe.plans.create({
      currency: 'usd',
      interval: 'month',
      amount: 2_000,
      product: { name: 'Gold' },
      nickname: 'gold',
    });
    expect(plan).toMatchObject({ object: 'plan', amount: 2_000, interval: 'month', usage_type: 'licensed' });
    const price = await stripe.prices.retrieve(plan.id, { expand: ['product'] });
    expect(price).toMatchObject({
      unit_amount: 2_000,
      product: { name: 'Gold' },
      recurring: { interval: 'month' },
    });
    expect((await stripe.plans.retrieve(plan.id)).id).toBe(plan.id);
    const once = await stripe.prices.create({ currency: 'usd', unit_amount: 5, product_data: { name: 'x' } });
    expect((await stripe.plans.list()).data.map(({ id }) => id)).toEqual([plan.id]);
    expect((await send(server.sim, 'GET', `/v1/plans/${once.id}`)).status).toBe(404);
    const { data } = await stripe.events.list({
      types: ['plan.created', 'product.created', 'price.created'],
    });
    expect(data.toReversed().map(({ type }) => type)).toEqual([
      'product.created',
      'plan.created',
      'price.created',
      'product.created',
      'price.created',
    ]);
  });

  it('can be named by the items of a subscription', async () => {
    await using server = await connect();
    const { stripe } = server;
    const customer = await stripe.customers.create({ payment_method: 'pm_card_visa' });
    const plan = await stripe.plans.create({
      currency: 'usd',
      interval: 'year',
      amount: 100,
      product: { name: 'Gold' },
    });
    const form = `customer=${customer.id}&items[0][plan]=${plan.id}`;
    const subscription = await (await send(server.sim, 'POST', '/v1/subscriptions', form)).json();
    expect(subscription.items.data).toMatchObject([{ price: { id: plan.id }, plan: { id: plan.id } }]);
  });

  it.each([
    ['currency=usd&interval=month&amount=5', 'product'],
    ['currency=usd&interval=month&product[name]=x', 'amount'],
    ['currency=usd&interval=month&product[name]=x&amount=5&amount_decimal=5', 'amount'],
    ['currency=usd&interval=fortnight&product[name]=x&amount=5', 'interval'],
    ['currency=usd&interval=month&product=prod_none&amount=5', 'product'],
  ])('refuse %s and make nothing', async (form, param) => {
    await using server = await connect();
    const answer = await send(server.sim, 'POST', '/v1/plans', form);
    expect([answer.status, (await answer.json()).error.param]).toEqual([400, param]);
    expect((await server.stripe.products.list()).data).toEqual([]);
  });
});
