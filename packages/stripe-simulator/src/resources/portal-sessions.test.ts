import { describe, expect, it } from 'vitest';
import { connect, DAY_MS, errorOf, report, subscribeMetered } from '../testing/connect.ts';
import { eventTypes, payer } from '../testing/payments.ts';

describe('the customer portal', () => {
  it('opens on a page with the customer, the payment methods, the invoices and the way back', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { customer } = await subscribeMetered(stripe, { licensedMinor: 700 });
    const method = await stripe.paymentMethods.attach('pm_card_mastercard', { customer: customer.id });
    await stripe.customers.update(customer.id, {
      invoice_settings: { default_payment_method: method.id },
    });
    await report(stripe, customer.id, 900);
    await sim.advance(32 * DAY_MS);
    const session = await stripe.billingPortal.sessions.create({
      customer: customer.id,
      return_url: 'https://shop.example/account?a=1&b=2',
    });
    expect(session).toMatchObject({
      object: 'billing_portal.session',
      customer: customer.id,
      flow: null,
      configuration: expect.stringMatching(/^bpc_/),
    });
    const shown = await fetch(session.url);
    const markup = await shown.text();
    expect(markup).toContain('Ada &amp; Co');
    expect(markup).toContain('Mastercard ••••\u00a04444 <span class="badge">Default</span>');
    expect(markup).toContain('<a class="quiet" href="https://shop.example/account?a=1&amp;b=2">Back</a>');
    const [invoice] = (await stripe.invoices.list({ customer: customer.id, status: 'paid' })).data;
    expect(markup).toContain(`>${invoice?.number}</a>`);
    expect(shown.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(await eventTypes(stripe)).toContain('billing_portal.session.created');
    expect((await fetch(`${sim.url}/p/session/test_x`)).status).toBe(404);
  });

  it('shows a hostile name as text, and nothing of another customer', async () => {
    await using server = await connect();
    const { stripe } = server;
    const other = await payer(stripe, 'pm_card_amex');
    const { id } = await stripe.customers.create({ name: '<img src=x onerror=alert(1)>' });
    const { url } = await stripe.billingPortal.sessions.create({ customer: id });
    const markup = await (await fetch(url)).text();
    expect(markup).toContain('&lt;img src=x');
    expect(markup).not.toContain('<img');
    expect(markup).not.toContain('Amex');
    expect(other.id).not.toBe(id);
  });

  it('follows its configuration', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { id } = await stripe.customers.create({ name: 'Ada' });
    const configuration = await stripe.billingPortal.configurations.create({
      features: { payment_method_update: { enabled: true } },
      business_profile: { headline: 'Manage your plan' },
      default_return_url: 'https://shop.example/',
    });
    expect(configuration).toMatchObject({
      active: true,
      is_default: false,
      features: { invoice_history: { enabled: false }, payment_method_update: { enabled: true } },
    });
    const session = await stripe.billingPortal.sessions.create({
      customer: id,
      configuration: configuration.id,
      expand: ['configuration'],
    });
    expect(session).toMatchObject({
      configuration: { id: configuration.id },
      return_url: 'https://shop.example/',
    });
    const markup = await (await fetch(session.url)).text();
    expect(markup).toContain('Manage your plan');
    expect(markup).not.toContain('Invoices');
    await stripe.billingPortal.configurations.update(configuration.id, { active: false });
    const refused = stripe.billingPortal.sessions.create({ customer: id, configuration: configuration.id });
    expect((await errorOf(refused)).param).toBe('configuration');
    expect((await stripe.billingPortal.configurations.list({ active: true })).data).toEqual([]);
  });

  it('begins with a flow when asked to', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { customer, subscription } = await subscribeMetered(stripe);
    const session = await stripe.billingPortal.sessions.create({
      customer: customer.id,
      flow_data: {
        type: 'subscription_cancel',
        subscription_cancel: { subscription: subscription.id },
        after_completion: { type: 'redirect', redirect: { return_url: 'https://shop.example/bye' } },
      },
    });
    expect(session.flow).toMatchObject({
      type: 'subscription_cancel',
      subscription_cancel: { subscription: subscription.id },
      after_completion: { type: 'redirect', redirect: { return_url: 'https://shop.example/bye' } },
    });
    const { id: stranger } = await stripe.customers.create({});
    const refused = stripe.billingPortal.sessions.create({
      customer: stranger,
      flow_data: { type: 'subscription_cancel', subscription_cancel: { subscription: subscription.id } },
    });
    expect((await errorOf(refused)).statusCode).toBe(400);
  });
});

describe('customer sessions', () => {
  it('give a secret and say what each component may do', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { id } = await stripe.customers.create({});
    const session = await stripe.customerSessions.create({
      customer: id,
      components: {
        payment_element: { enabled: true, features: { payment_method_save: 'enabled' } },
      },
    });
    expect(session).toMatchObject({
      object: 'customer_session',
      customer: id,
      expires_at: session.created + 1_800,
      client_secret: expect.stringMatching(/^cuss_secret_/),
      components: {
        payment_element: {
          enabled: true,
          features: { payment_method_save: 'enabled', payment_method_redisplay: 'disabled' },
        },
        pricing_table: { enabled: false },
        customer_sheet: { enabled: false, features: null },
      },
    });
    const unknown = stripe.customerSessions.create({ customer: 'cus_x', components: {} });
    expect((await errorOf(unknown)).statusCode).toBe(400);
  });
});
