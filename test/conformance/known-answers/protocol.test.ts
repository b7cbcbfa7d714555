import Stripe from 'stripe';
import { expect, it } from 'vitest';
import { describeOnEachAccount } from './account.ts';

async function errorOf(call: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) {
      const { type, code, param, statusCode } = error;
      return { type, code, param, statusCode };
    }
    throw error;
  }
  throw new Error('The call succeeded.');
}

describeOnEachAccount('the protocol', (account) => {
  it('names an unknown parameter, a missing one and an unknown id', async () => {
    const { stripe } = account();
    expect(await errorOf(stripe.rawRequest('POST', '/v1/customers', { colour: 'red' }))).toEqual({
      type: 'StripeInvalidRequestError',
      code: 'parameter_unknown',
      param: 'colour',
      statusCode: 400,
    });
    expect(await errorOf(stripe.rawRequest('POST', '/v1/products', {}))).toMatchObject({
      code: 'parameter_missing',
      param: 'name',
    });
    expect(await errorOf(stripe.customers.retrieve('cus_nobody'))).toMatchObject({
      code: 'resource_missing',
      statusCode: 404,
    });
  });

  it('replays the first answer to a key and refuses other parameters under it', async () => {
    const { stripe, run } = account();
    const idempotencyKey = `${run}-customer`;
    const first = await stripe.customers.create({ name: 'Once' }, { idempotencyKey });
    const second = await stripe.customers.create({ name: 'Once' }, { idempotencyKey });
    expect(second.id).toBe(first.id);
    expect(await errorOf(stripe.customers.create({ name: 'Twice' }, { idempotencyKey }))).toMatchObject({
      type: 'StripeIdempotencyError',
      statusCode: 400,
    });
  });

  it('pages in both directions with ten to a page unless asked otherwise', async () => {
    const { stripe, run } = account();
    const email = `${run}@example.com`;
    const ids = [];
    for (let index = 0; index < 12; index += 1) ids.push((await stripe.customers.create({ email })).id);
    ids.reverse();
    const page = await stripe.customers.list({ email });
    expect([page.data.map(({ id }) => id), page.has_more]).toEqual([ids.slice(0, 10), true]);
    const rest = await stripe.customers.list({ email, starting_after: ids[9] ?? '' });
    expect([rest.data.map(({ id }) => id), rest.has_more]).toEqual([ids.slice(10), false]);
    const back = await stripe.customers.list({ email, ending_before: ids[10] ?? '', limit: 3 });
    expect([back.data.map(({ id }) => id), back.has_more]).toEqual([ids.slice(7, 10), true]);
  });

  it('refuses a card that is declined with 402, its code and the intent', async () => {
    const { stripe } = account();
    const { id: customer } = await stripe.customers.create({});
    const attempt = (method: string) =>
      stripe.paymentIntents.create({
        amount: 1_000,
        currency: 'usd',
        customer,
        payment_method: method,
        confirm: true,
        error_on_requires_action: true,
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      });
    expect((await attempt('pm_card_visa')).status).toBe('succeeded');
    expect(await errorOf(attempt('pm_card_chargeDeclined'))).toMatchObject({
      type: 'StripeCardError',
      code: 'card_declined',
      statusCode: 402,
    });
    expect(await errorOf(attempt('pm_card_authenticationRequired'))).toMatchObject({
      code: 'authentication_required',
      statusCode: 402,
    });
  });
});
