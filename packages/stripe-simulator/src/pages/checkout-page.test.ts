import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { connect, errorOf, HOUR_MS, START_SEC } from '../testing/connect.ts';

const topUp = (
  more: Partial<Stripe.Checkout.SessionCreateParams> = {},
): Stripe.Checkout.SessionCreateParams => ({
  mode: 'payment',
  line_items: [
    { quantity: 1, price_data: { currency: 'usd', unit_amount: 2_000, product_data: { name: 'Credits' } } },
  ],
  success_url: 'https://shop.example/done?session={CHECKOUT_SESSION_ID}',
  cancel_url: 'https://shop.example/cancel?a=1&b=2',
  ...more,
});
const pay = (url: string | null) => fetch(url ?? '', { method: 'POST', redirect: 'manual' });

describe('checkout', () => {
  it('opens, shows what is asked for, takes the payment once, and sends the browser back', async () => {
    await using server = await connect();
    const { stripe } = server;
    const customer = await stripe.customers.create({ name: 'Ada', email: 'ada@example.com' });
    const session = await stripe.checkout.sessions.create(
      topUp({
        customer: customer.id,
        metadata: { topup_id: 't1' },
        payment_intent_data: { metadata: { topup_id: 't1' } },
      }),
    );
    expect(session).toMatchObject({
      object: 'checkout.session',
      status: 'open',
      payment_status: 'unpaid',
      amount_total: 2_000,
      amount_subtotal: 2_000,
      currency: 'usd',
      mode: 'payment',
      ui_mode: 'hosted_page',
      payment_intent: null,
      expires_at: START_SEC + 86_400,
      metadata: { topup_id: 't1' },
      customer: customer.id,
    });
    const shown = await fetch(session.url ?? '');
    const markup = await shown.text();
    expect(markup).toContain('<button type="submit">Pay $20.00</button>');
    expect(markup).toContain('<a class="quiet" href="https://shop.example/cancel?a=1&amp;b=2">Cancel</a>');
    expect(shown.headers.get('content-security-policy')).toMatch(
      /default-src 'none'.*form-action 'self' https:\/\/shop\.example/,
    );
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const answer = await pay(session.url);
      expect([answer.status, answer.headers.get('location')]).toEqual([
        303,
        `https://shop.example/done?session=${session.id}`,
      ]);
    }
    const paid = await stripe.checkout.sessions.retrieve(session.id, {
      expand: ['payment_intent', 'line_items'],
    });
    expect(paid).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
      url: null,
      payment_intent: {
        status: 'succeeded',
        amount: 2_000,
        amount_received: 2_000,
        customer: customer.id,
        metadata: { topup_id: 't1' },
      },
      line_items: { data: [{ description: 'Credits', quantity: 1, amount_total: 2_000 }] },
    });
    expect((await stripe.paymentIntents.list({ customer: customer.id })).data).toHaveLength(1);
    expect(await (await fetch(session.url ?? '')).text()).toContain('This payment is complete');
    expect((await errorOf(stripe.checkout.sessions.expire(session.id))).statusCode).toBe(400);
  });

  it('expires on the clock or by hand, and then nobody can pay', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const byClock = await stripe.checkout.sessions.create(topUp({ expires_at: START_SEC + 1_800 }));
    const byHand = await stripe.checkout.sessions.create(topUp());
    expect((await stripe.checkout.sessions.expire(byHand.id)).status).toBe('expired');
    await sim.advance(HOUR_MS / 2);
    for (const { id, url } of [byClock, byHand]) {
      expect((await pay(url)).status).toBe(410);
      expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({
        status: 'expired',
        payment_status: 'unpaid',
        payment_intent: null,
        url: null,
      });
    }
    expect((await stripe.checkout.sessions.list({ status: 'expired' })).data).toHaveLength(2);
  });

  it('takes existing one-time prices and quantities, and lists its items', async () => {
    await using server = await connect();
    const { stripe } = server;
    const price = await stripe.prices.create({
      currency: 'usd',
      unit_amount: 250,
      product_data: { name: 'Pack' },
    });
    const session = await stripe.checkout.sessions.create(
      topUp({ line_items: [{ price: price.id, quantity: 3 }] }),
    );
    expect(session.amount_total).toBe(750);
    expect((await stripe.checkout.sessions.listLineItems(session.id)).data).toMatchObject([
      { quantity: 3, amount_total: 750, price: { id: price.id } },
    ]);
  });

  it.each<[string, Partial<Stripe.Checkout.SessionCreateParams>, number]>([
    ['an expiry sooner than 30 minutes', { expires_at: START_SEC + 1_799 }, 400],
    ['an expiry later than 24 hours', { expires_at: START_SEC + 86_401 }, 400],
    ['an unknown customer', { customer: 'cus_x' }, 400],
    ['a script as success address', { success_url: 'javascript:alert(1)' }, 400],
    [
      'a total below the minimum charge',
      { line_items: [{ price_data: { currency: 'usd', unit_amount: 49, product_data: { name: 'x' } } }] },
      400,
    ],
    ['no line items', { line_items: [] }, 400],
    ['the old name of the page', { ui_mode: 'hosted' }, 400],
    ['an embedded page without return_url', { ui_mode: 'embedded_page' }, 400],
    ['payment elements', { ui_mode: 'elements' }, 501],
    ['setup mode', { mode: 'setup' }, 501],
    ['subscription mode', { mode: 'subscription' }, 501],
    ['a question for consent', { consent_collection: { promotions: 'auto' } }, 501],
  ])('refuses %s and leaves nothing behind', async (_name, more, status) => {
    await using server = await connect();
    expect((await errorOf(server.stripe.checkout.sessions.create(topUp(more)))).statusCode).toBe(status);
    expect((await server.stripe.products.list()).data).toEqual([]);
    expect((await server.stripe.checkout.sessions.list()).data).toEqual([]);
  });

  it.each([
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '{{7*7}} &lt;b&gt;',
    '</style><script>1</script>',
  ])('shows the hostile name %s as text', async (name) => {
    await using server = await connect();
    const customer = await server.stripe.customers.create({ name });
    const session = await server.stripe.checkout.sessions.create(
      topUp({
        customer: customer.id,
        cancel_url: `https://shop.example/?q="><b>bold</b>`,
        line_items: [{ price_data: { currency: 'usd', unit_amount: 500, product_data: { name } } }],
      }),
    );
    const markup = await (await fetch(session.url ?? '')).text();
    expect(markup).not.toContain('<script');
    expect(markup).not.toContain('<img');
    expect(markup).not.toContain("' onmouseover='");
    const text = name
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;');
    expect(markup.split(text)).toHaveLength(3);
  });

  it('offers ways to pay that fit the currency, as radio buttons of which the first is chosen', async () => {
    await using server = await connect();
    const { stripe } = server;
    const offered = async (currency: string): Promise<string[]> => {
      const { url } = await stripe.checkout.sessions.create(
        topUp({
          line_items: [{ price_data: { currency, unit_amount: 2_000, product_data: { name: 'x' } } }],
        }),
      );
      const markup = await (await fetch(url ?? '')).text();
      expect(markup.match(/ checked/g)).toHaveLength(1);
      expect(markup).toMatch(
        /<fieldset><legend>Pay with<\/legend><label class="choice"><input type="radio" [^>]+ checked>/,
      );
      return [...markup.matchAll(/name="method" value="([^"]+)"/g)].map((match) => match[1] ?? '');
    };
    const cards = ['pm_card_visa', 'pm_card_chargeDeclined', 'pm_card_authenticationRequired'];
    expect(await offered('usd')).toEqual([
      ...cards,
      'pm_usBankAccount_success',
      'pm_usBankAccount_insufficientFunds',
    ]);
    expect(await offered('eur')).toEqual([...cards, 'pm_success_de', 'pm_failed_de']);
    expect(await offered('jpy')).toEqual(cards);
  });

  it('needs no script and no style but its own', async () => {
    await using server = await connect();
    const { url } = await server.stripe.checkout.sessions.create(topUp());
    const shown = await fetch(url ?? '');
    const markup = await shown.text();
    expect(markup).not.toMatch(/<script| style=| on[a-z]+=/);
    expect(shown.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self' https:\/\/shop\.example; base-uri 'none'; frame-ancestors 'none'$/,
    );
  });

  it('answers unknown addresses with a plain page', async () => {
    await using server = await connect();
    for (const path of [
      '/c/pay/cs_x',
      '/c/authenticate/pi_x',
      '/p/session/x',
      '/i/in_x',
      '/favicon.ico',
      '/c/pay/%3Cscript%3E',
    ]) {
      const response = await fetch(`${server.sim.url}${path}`);
      expect([response.status, response.headers.get('content-type')]).toEqual([
        404,
        'text/html; charset=utf-8',
      ]);
      expect(await response.text()).not.toContain('script');
    }
    expect((await fetch(server.sim.url)).status).toBe(200);
  });
});
