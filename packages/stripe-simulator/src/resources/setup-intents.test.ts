import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { connect, errorOf } from '../testing/connect.ts';
import { eventTypes } from '../testing/payments.ts';

const setUp = (stripe: Stripe, customer: string, alias: string, more: Stripe.SetupIntentCreateParams = {}) =>
  stripe.setupIntents.create({
    customer,
    payment_method: alias,
    confirm: true,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    ...more,
  });

describe('setup intents', () => {
  it('attach the method to the customer', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { id } = await stripe.customers.create({});
    const done = await setUp(stripe, id, 'pm_card_visa', { metadata: { a: 'b' } });
    expect(done).toMatchObject({ status: 'succeeded', usage: 'off_session', metadata: { a: 'b' } });
    const saved = await stripe.customers.listPaymentMethods(id);
    expect(saved.data.map((method) => method.id)).toEqual([done.payment_method]);
    expect(await eventTypes(stripe)).toEqual([
      'setup_intent.created',
      'payment_method.attached',
      'setup_intent.succeeded',
    ]);
    expect((await errorOf(stripe.setupIntents.cancel(done.id))).code).toBe('setup_intent_unexpected_state');
  });

  it('answer 402 with the intent for a declined card, and take another one', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { id } = await stripe.customers.create({});
    const error = await errorOf(setUp(stripe, id, 'pm_card_chargeDeclined'));
    expect(error).toMatchObject({
      statusCode: 402,
      code: 'card_declined',
      decline_code: 'generic_decline',
      setup_intent: { status: 'requires_payment_method', last_setup_error: { code: 'card_declined' } },
    });
    const again = await stripe.setupIntents.confirm(error.setup_intent?.id ?? '', {
      payment_method: 'pm_card_visa',
    });
    expect(again.status).toBe('succeeded');
    expect(await eventTypes(stripe)).toContain('setup_intent.setup_failed');
  });

  it('ask for authentication, on a page that the person can also fail', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { id } = await stripe.customers.create({});
    const waiting = await setUp(stripe, id, 'pm_card_authenticationRequired', {
      automatic_payment_methods: { enabled: true },
      return_url: 'https://shop.example/back?a=1',
    });
    expect(waiting).toMatchObject({
      status: 'requires_action',
      next_action: {
        type: 'redirect_to_url',
        redirect_to_url: { return_url: 'https://shop.example/back?a=1' },
      },
    });
    const answer = await fetch(waiting.next_action?.redirect_to_url?.url ?? '', {
      method: 'POST',
      body: new URLSearchParams({ result: 'fail' }),
      redirect: 'manual',
    });
    const back = new URL(answer.headers.get('location') ?? '');
    expect(Object.fromEntries(back.searchParams)).toEqual({
      a: '1',
      setup_intent: waiting.id,
      setup_intent_client_secret: waiting.client_secret,
      redirect_status: 'failed',
    });
    expect(await stripe.setupIntents.retrieve(waiting.id)).toMatchObject({
      status: 'requires_payment_method',
      last_setup_error: { code: 'setup_intent_authentication_failure' },
    });
    expect((await stripe.customers.listPaymentMethods(id)).data).toEqual([]);
  });

  it('can be listed and canceled', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { id } = await stripe.customers.create({});
    const open = await stripe.setupIntents.create({ customer: id });
    await stripe.setupIntents.create({});
    expect((await stripe.setupIntents.list({ customer: id })).data.map((intent) => intent.id)).toEqual([
      open.id,
    ]);
    expect((await stripe.setupIntents.cancel(open.id)).status).toBe('canceled');
    expect((await errorOf(setUp(stripe, 'cus_x', 'pm_card_visa'))).param).toBe('customer');
  });
});
