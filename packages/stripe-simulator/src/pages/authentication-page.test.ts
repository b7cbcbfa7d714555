import { describe, expect, it } from 'vitest';
import { connect, errorOf } from '../testing/connect.ts';
import { eventTypes, pay } from '../testing/payments.ts';

const RETURN = {
  automatic_payment_methods: { enabled: true },
  return_url: 'https://shop.example/back',
} as const;

const answer = (url: string, result: string) =>
  fetch(url, { method: 'POST', body: new URLSearchParams({ result }), redirect: 'manual' });

describe('the authentication page', () => {
  it('lets the person approve a payment, once, and sends the browser back with the outcome', async () => {
    await using server = await connect();
    const { stripe } = server;
    const waiting = await pay(stripe, 'pm_card_authenticationRequired', RETURN);
    expect(waiting).toMatchObject({
      status: 'requires_action',
      latest_charge: null,
      next_action: { type: 'redirect_to_url', redirect_to_url: { return_url: 'https://shop.example/back' } },
    });
    const url = waiting.next_action?.redirect_to_url?.url ?? '';
    const shown = await fetch(url);
    const markup = await shown.text();
    expect(markup).toContain('Approve the payment of $20.00.');
    expect(markup.match(/<button [^>]*type="submit"[^>]*>[^<]+/g)).toHaveLength(2);
    expect(shown.headers.get('content-security-policy')).toContain(
      "form-action 'self' https://shop.example;",
    );
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const back = new URL((await answer(url, 'complete')).headers.get('location') ?? '');
      expect(`${back.origin}${back.pathname}`).toBe('https://shop.example/back');
      expect(Object.fromEntries(back.searchParams)).toEqual({
        payment_intent: waiting.id,
        payment_intent_client_secret: waiting.client_secret,
        redirect_status: 'succeeded',
      });
    }
    const paid = await stripe.paymentIntents.retrieve(waiting.id, { expand: ['latest_charge'] });
    expect(paid).toMatchObject({
      status: 'succeeded',
      next_action: null,
      latest_charge: {
        payment_method_details: { card: { three_d_secure: { result: 'authenticated' } } },
      },
    });
    expect(await eventTypes(stripe)).toEqual([
      'payment_intent.created',
      'payment_intent.requires_action',
      'charge.succeeded',
      'payment_intent.succeeded',
    ]);
  });

  it('lets the person fail it: nothing is charged, and the intent takes another method', async () => {
    await using server = await connect();
    const { stripe } = server;
    const waiting = await pay(stripe, 'pm_card_authenticationRequired', RETURN);
    const back = await answer(waiting.next_action?.redirect_to_url?.url ?? '', 'fail');
    expect(back.headers.get('location')).toContain('redirect_status=failed');
    expect(await stripe.paymentIntents.retrieve(waiting.id)).toMatchObject({
      status: 'requires_payment_method',
      latest_charge: null,
      last_payment_error: { code: 'payment_intent_authentication_failure' },
    });
    expect((await stripe.charges.list()).data).toEqual([]);
    const paid = await stripe.paymentIntents.confirm(waiting.id, { payment_method: 'pm_card_visa' });
    expect(paid).toMatchObject({ status: 'succeeded', last_payment_error: null });
  });

  it('ends on a page of its own where there is no address to return to', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const waiting = await pay(stripe, 'pm_card_authenticationRequired');
    expect(waiting.next_action).toMatchObject({
      type: 'use_stripe_sdk',
      use_stripe_sdk: { stripe_js: `${sim.url}/c/authenticate/${waiting.id}` },
    });
    const ended = await answer(`${sim.url}/c/authenticate/${waiting.id}`, 'complete');
    expect([ended.status, await ended.text()]).toEqual([200, expect.stringContaining('Authenticated')]);
  });

  it('still declines a card that is declined after authentication', async () => {
    await using server = await connect();
    const { stripe } = server;
    const alias = 'pm_card_authenticationRequiredChargeDeclinedInsufficientFunds';
    const waiting = await pay(stripe, alias, RETURN);
    await answer(waiting.next_action?.redirect_to_url?.url ?? '', 'complete');
    expect(await stripe.paymentIntents.retrieve(waiting.id)).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'card_declined', decline_code: 'insufficient_funds' },
    });
    expect((await errorOf(stripe.paymentIntents.capture(waiting.id))).statusCode).toBe(400);
  });
});
