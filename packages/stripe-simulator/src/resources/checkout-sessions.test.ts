import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { connect, errorOf, HOUR_MS } from '../testing/connect.ts';
import { eventTypes, idOf } from '../testing/payments.ts';

const order = (
  more: Partial<Stripe.Checkout.SessionCreateParams> = {},
): Stripe.Checkout.SessionCreateParams => ({
  mode: 'payment',
  line_items: [
    { quantity: 1, price_data: { currency: 'usd', unit_amount: 2_000, product_data: { name: 'Credits' } } },
  ],
  success_url: 'https://shop.example/done',
  ...more,
});

/** What the browser sends when the person chooses a way to pay and presses the button. */
const payWith = (url: string | null, fields: Record<string, string> = {}) =>
  fetch(url ?? '', { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
const pageOf = (base: string, session: Stripe.Checkout.Session) => `${base}/c/pay/${session.id}`;

describe('checkout sessions', () => {
  it('S2-4: complete unpaid with a bank debit, and succeed asynchronously later', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { id, url } = await stripe.checkout.sessions.create(order({ metadata: { credits: '100' } }));
    const answer = await payWith(url, { method: 'pm_usBankAccount_success' });
    expect(answer.headers.get('location')).toBe('https://shop.example/done');
    expect(await stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent'] })).toMatchObject({
      status: 'complete',
      payment_status: 'unpaid',
      payment_intent: { status: 'processing' },
    });
    await sim.advance(180_000);
    expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
    });
    expect(await eventTypes(stripe)).toEqual([
      'payment_intent.created',
      'charge.pending',
      'payment_intent.processing',
      'checkout.session.completed',
      'charge.succeeded',
      'payment_intent.succeeded',
      'checkout.session.async_payment_succeeded',
    ]);
    const events = await stripe.events.list({ types: ['checkout.session.completed'] });
    expect(events.data[0]?.data.object).toMatchObject({
      id,
      payment_status: 'unpaid',
      metadata: { credits: '100' },
    });
  });

  it('S2-4: stay unpaid when the bank debit fails', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { id, url } = await stripe.checkout.sessions.create(order());
    await payWith(url, { method: 'pm_usBankAccount_insufficientFunds' });
    await sim.advance(180_000);
    expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({
      status: 'complete',
      payment_status: 'unpaid',
    });
    expect((await eventTypes(stripe)).slice(-3)).toEqual([
      'charge.failed',
      'payment_intent.payment_failed',
      'checkout.session.async_payment_failed',
    ]);
  });

  it('stay open after a failed payment and take another try with the same intent', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { id, url } = await stripe.checkout.sessions.create(order());
    const declined = await payWith(url, { method: 'pm_card_chargeDeclined' });
    expect([declined.status, declined.headers.get('location')]).toEqual([303, `/c/pay/${id}`]);
    const failed = await stripe.checkout.sessions.retrieve(id);
    expect(failed).toMatchObject({ status: 'open', payment_status: 'unpaid' });
    expect(await (await fetch(url ?? '')).text()).toContain(
      '<p class="alert" role="alert">Your card was declined. You can try again.</p>',
    );
    expect((await payWith(url)).headers.get('location')).toBe('https://shop.example/done');
    const paid = await stripe.checkout.sessions.retrieve(id);
    expect(paid).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
      payment_intent: failed.payment_intent,
    });
    expect(await eventTypes(stripe)).toEqual([
      'payment_intent.created',
      'charge.failed',
      'payment_intent.payment_failed',
      'charge.succeeded',
      'payment_intent.succeeded',
      'checkout.session.completed',
    ]);
  });

  it('lead through authentication, back to the page when it fails, and on when it succeeds', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { id, url } = await stripe.checkout.sessions.create(order());
    const choose = async () => {
      const answer = await payWith(url, { method: 'pm_card_authenticationRequired' });
      return `${sim.url}${answer.headers.get('location')}`;
    };
    const failed = await payWith(await choose(), { result: 'fail' });
    expect(failed.headers.get('location')).toBe(`/c/pay/${id}`);
    expect((await stripe.checkout.sessions.retrieve(id)).status).toBe('open');
    const done = await payWith(await choose(), { result: 'complete' });
    expect(done.headers.get('location')).toBe('https://shop.example/done');
    expect((await stripe.checkout.sessions.retrieve(id)).payment_status).toBe('paid');
    expect((await eventTypes(stripe)).filter((type) => type === 'checkout.session.completed')).toHaveLength(
      1,
    );
  });

  it('cancel the intent of a failed try when they expire', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { id, url } = await stripe.checkout.sessions.create(order());
    await payWith(url, { method: 'pm_card_chargeDeclined' });
    const intentId = idOf((await stripe.checkout.sessions.retrieve(id)).payment_intent);
    expect((await errorOf(stripe.paymentIntents.cancel(intentId))).message).toContain('Expire the Checkout');
    await sim.advance(24 * HOUR_MS);
    expect((await stripe.paymentIntents.retrieve(intentId)).status).toBe('canceled');
    expect((await eventTypes(stripe)).slice(-2)).toEqual([
      'payment_intent.canceled',
      'checkout.session.expired',
    ]);
  });

  it('embedded: carry a client secret instead of an address, and return to return_url', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { success_url: _none, ...rest } = order();
    const session = await stripe.checkout.sessions.create({
      ...rest,
      ui_mode: 'embedded_page',
      return_url: 'https://shop.example/back?s={CHECKOUT_SESSION_ID}',
    });
    expect(session).toMatchObject({
      ui_mode: 'embedded_page',
      url: null,
      success_url: null,
      redirect_on_completion: 'always',
      return_url: 'https://shop.example/back?s={CHECKOUT_SESSION_ID}',
      client_secret: expect.stringMatching(new RegExp(`^${session.id}_secret_`)),
    });
    const shown = await fetch(pageOf(sim.url, session));
    expect(shown.headers.get('content-security-policy')).toContain('frame-ancestors *');
    expect(await shown.text()).toContain('target="_top"');
    const answer = await payWith(pageOf(sim.url, session));
    expect(answer.headers.get('location')).toBe(`https://shop.example/back?s=${session.id}`);
    expect((await stripe.checkout.sessions.retrieve(session.id)).client_secret).toBeNull();
  });

  it('embedded without redirects: end on their own page', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { success_url: _none, ...rest } = order();
    const session = await stripe.checkout.sessions.create({
      ...rest,
      ui_mode: 'embedded_page',
      redirect_on_completion: 'never',
    });
    const answer = await payWith(pageOf(sim.url, session));
    expect(answer.headers.get('location')).toBe(`/c/pay/${session.id}`);
    const ended = await (await fetch(pageOf(sim.url, session))).text();
    expect(ended).toContain('This payment is complete');
    expect(ended).not.toContain('Continue');
  });

  it('save the method of a customer for later payments, and offer what may be shown again', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { id: customer } = await stripe.customers.create({ name: 'Ada' });
    const first = await stripe.checkout.sessions.create(
      order({ customer, payment_intent_data: { setup_future_usage: 'off_session' } }),
    );
    await payWith(first.url);
    const [limited] = (await stripe.customers.listPaymentMethods(customer)).data;
    expect(limited?.allow_redisplay).toBe('limited');
    const charge = { amount: 500, currency: 'usd', customer, confirm: true, off_session: true } as const;
    const paid = await stripe.paymentIntents.create({ ...charge, payment_method: limited?.id ?? '' });
    expect(paid.status).toBe('succeeded');
    const second = await stripe.checkout.sessions.create(
      order({ customer, saved_payment_method_options: { payment_method_save: 'enabled' } }),
    );
    expect(await (await fetch(second.url ?? '')).text()).not.toContain('<small>Saved</small>');
    await payWith(second.url, { method: 'pm_card_visa', save: 'yes' });
    const third = await stripe.checkout.sessions.create(order({ customer }));
    expect(await (await fetch(third.url ?? '')).text()).toContain('<small>Saved</small>');
    const [always] = (await stripe.customers.listPaymentMethods(customer, { allow_redisplay: 'always' }))
      .data;
    await payWith(third.url, { method: always?.id ?? '' });
    const intent = await stripe.paymentIntents.retrieve(
      idOf((await stripe.checkout.sessions.retrieve(third.id)).payment_intent),
    );
    expect(intent.payment_method).toBe(always?.id);
    const stranger = await stripe.checkout.sessions.create(order());
    expect((await payWith(stranger.url, { method: always?.id ?? '' })).status).toBe(400);
    expect(
      (await payWith(`${sim.url}/c/pay/${stranger.id}`, { method: 'pm_card_createDispute' })).status,
    ).toBe(400);
    expect((await stripe.checkout.sessions.retrieve(stranger.id)).payment_intent).toBeNull();
  });

  it('make a customer when asked to, and a receipt invoice', async () => {
    await using server = await connect();
    const { stripe } = server;
    const plain = await stripe.checkout.sessions.create(order({ customer_email: 'ada@example.com' }));
    await payWith(plain.url);
    expect((await stripe.checkout.sessions.retrieve(plain.id)).customer).toBeNull();
    const session = await stripe.checkout.sessions.create(
      order({
        customer_email: 'ada@example.com',
        invoice_creation: { enabled: true, invoice_data: { metadata: { a: 'b' } } },
      }),
    );
    expect(session.customer_creation).toBe('always');
    await payWith(session.url);
    const paid = await stripe.checkout.sessions.retrieve(session.id, { expand: ['customer', 'invoice'] });
    expect(paid).toMatchObject({
      customer: { email: 'ada@example.com' },
      invoice: { status: 'paid', amount_paid: 2_000, billing_reason: 'manual', metadata: { a: 'b' } },
    });
    const payments = await stripe.invoicePayments.list({ invoice: idOf(paid.invoice) });
    expect(payments.data).toMatchObject([
      { status: 'paid', payment: { type: 'payment_intent', payment_intent: paid.payment_intent } },
    ]);
  });

  it('take what is switched off, and say that the rest is missing', async () => {
    await using server = await connect();
    const { stripe } = server;
    const off = await stripe.checkout.sessions.create(
      order({ automatic_tax: { enabled: false }, adaptive_pricing: { enabled: false } }),
    );
    expect(off.automatic_tax.enabled).toBe(false);
    const on = stripe.checkout.sessions.create(order({ phone_number_collection: { enabled: true } }));
    expect((await errorOf(on)).statusCode).toBe(501);
  });

  it('ask for nothing when the total is nothing', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { id, url } = await stripe.checkout.sessions.create(
      order({
        line_items: [{ price_data: { currency: 'usd', unit_amount: 0, product_data: { name: 'Free' } } }],
      }),
    );
    await payWith(url);
    expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({
      status: 'complete',
      payment_status: 'no_payment_required',
      payment_intent: null,
    });
  });

  it.each<[string, Partial<Stripe.Checkout.SessionCreateParams>, string]>([
    ['return_url on the hosted page', { return_url: 'https://a.example' }, 'return_url'],
    [
      'redirect_on_completion on the hosted page',
      { redirect_on_completion: 'never' },
      'redirect_on_completion',
    ],
    ['success_url in an embedded page', { ui_mode: 'embedded_page' }, 'success_url'],
  ])('refuse %s', async (_name, more, param) => {
    await using server = await connect();
    const error = await errorOf(server.stripe.checkout.sessions.create(order(more)));
    expect(error).toMatchObject({ statusCode: 400, param });
  });

  it('take only the kinds of methods that they allow', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { id, url, payment_method_types } = await stripe.checkout.sessions.create(
      order({ allowed_payment_method_types: ['card'] }),
    );
    expect(payment_method_types).toEqual(['card']);
    expect((await payWith(url, { method: 'pm_usBankAccount_success' })).status).toBe(400);
    expect((await stripe.checkout.sessions.retrieve(id)).status).toBe('open');
  });
});
