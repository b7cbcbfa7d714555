import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { connect, errorOf } from '../testing/connect.ts';
import { idOf } from '../testing/payments.ts';

type Behaviour = 'exclusive' | 'inclusive';

const order = (
  more: Partial<Stripe.Checkout.SessionCreateParams> = {},
  taxBehavior: Behaviour = 'exclusive',
): Stripe.Checkout.SessionCreateParams => ({
  mode: 'payment',
  line_items: [
    {
      price_data: {
        currency: 'usd',
        unit_amount: 2_000,
        tax_behavior: taxBehavior,
        product_data: { name: 'Credits' },
      },
    },
  ],
  success_url: 'https://shop.example/done',
  ...more,
});

describe('automatic tax of a checkout session', () => {
  it.each<[Behaviour, number, number, number]>([
    ['exclusive', 400, 2_400, 2_000],
    ['inclusive', 333, 2_000, 1_667],
  ])('%s: comes to %i of %i', async (behaviour, tax, total, taxable) => {
    await using server = await connect();
    const { sim, stripe } = server;
    const customer = await stripe.customers.create({ email: 'ada@example.com' });
    const session = await stripe.checkout.sessions.create(
      order(
        {
          customer: customer.id,
          customer_update: { address: 'auto' },
          automatic_tax: { enabled: true },
          invoice_creation: { enabled: true },
        },
        behaviour,
      ),
    );
    expect(session).toMatchObject({
      amount_subtotal: 2_000,
      amount_total: total,
      automatic_tax: { enabled: true, status: 'complete', provider: 'stripe' },
      total_details: { amount_tax: tax, amount_discount: 0 },
    });
    sim.assumptions.automaticTaxPercent = 7;
    sim.payments.paySession(session.id);
    const paid = await stripe.checkout.sessions.retrieve(session.id, {
      expand: ['payment_intent', 'invoice', 'line_items'],
    });
    expect(paid).toMatchObject({
      payment_intent: { amount_received: total },
      line_items: { data: [{ amount_subtotal: 2_000, amount_tax: tax, amount_total: total }] },
      invoice: {
        status: 'paid',
        subtotal: 2_000,
        total,
        amount_paid: total,
        total_excluding_tax: taxable,
        automatic_tax: { enabled: true },
        total_taxes: [{ amount: tax, tax_behavior: behaviour, taxable_amount: taxable }],
      },
    });
  });

  it('is worked out after a discount, which the invoice names', async () => {
    await using server = await connect({ assumptions: { automaticTaxPercent: 10 } });
    const { sim, stripe } = server;
    await stripe.coupons.create({ percent_off: 25, id: 'QUARTER' });
    const customer = await stripe.customers.create({ address: { country: 'DE' } });
    const session = await stripe.checkout.sessions.create(
      order({
        customer: customer.id,
        automatic_tax: { enabled: true },
        discounts: [{ coupon: 'QUARTER' }],
        invoice_creation: { enabled: true },
      }),
    );
    expect(session).toMatchObject({
      amount_subtotal: 2_000,
      amount_total: 1_650,
      total_details: { amount_tax: 150, amount_discount: 500 },
    });
    const markup = await (await fetch(session.url ?? '')).text();
    expect(markup).toContain('<th scope="row">Tax (10 %)</th><td>$1.50</td>');
    sim.payments.paySession(session.id);
    const { data } = await stripe.invoices.list({ customer: customer.id });
    const shown = await (await fetch(data[0]?.hosted_invoice_url ?? '')).text();
    expect(shown).toContain('<th scope="row">Discount</th><td>−$5.00</td>');
    expect(shown).toContain('<th scope="row">Tax</th><td>$1.50</td>');
    expect(data).toMatchObject([
      {
        status: 'paid',
        billing_reason: 'manual',
        parent: null,
        subtotal: 2_000,
        total: 1_650,
        amount_paid: 1_650,
        amount_remaining: 0,
        total_discount_amounts: [{ amount: 500 }],
        total_taxes: [{ amount: 150, taxable_amount: 1_500 }],
        lines: { data: [{ amount: 2_000, discount_amounts: [{ amount: 500 }] }] },
      },
    ]);
  });
});

describe('automatic tax of a customer', () => {
  it('needs an address, or leave to ask for one', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { id } = await stripe.customers.create({});
    const open = (more: Partial<Stripe.Checkout.SessionCreateParams>) =>
      stripe.checkout.sessions.create(order({ customer: id, automatic_tax: { enabled: true }, ...more }));
    expect(await errorOf(open({}))).toMatchObject({
      statusCode: 400,
      code: 'customer_tax_location_invalid',
    });
    expect((await open({ customer_update: { address: 'auto' } })).status).toBe('open');
    await stripe.customers.update(id, { address: { country: 'DE' } });
    expect((await open({})).status).toBe('open');
    const nobody = stripe.checkout.sessions.create(order({ customer_update: { address: 'auto' } }));
    expect((await errorOf(nobody)).param).toBe('customer_update');
  });
});

describe('the invoice of a checkout session', () => {
  it('can be looked at and downloaded', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const customer = await stripe.customers.create({});
    const { id } = await stripe.checkout.sessions.create(
      order({ customer: customer.id, invoice_creation: { enabled: true } }),
    );
    sim.payments.paySession(id);
    const { invoice } = await stripe.checkout.sessions.retrieve(id);
    const { hosted_invoice_url: hosted, invoice_pdf: pdf } = await stripe.invoices.retrieve(idOf(invoice));
    expect((await fetch(hosted ?? '')).status).toBe(200);
    const file = await fetch(pdf ?? '');
    expect([file.status, file.headers.get('content-type')]).toEqual([200, 'application/pdf']);
    const text = await file.text();
    expect(text).toMatch(/^%PDF-1\.4\n[\s\S]*Amount paid \$20\.00[\s\S]*%%EOF\n$/);
    const table = Number(/startxref\n(\d+)/.exec(text)?.[1]);
    expect(text.slice(table, table + 4)).toBe('xref');
    expect((await fetch(`${sim.url}/i/in_x/pdf`)).status).toBe(404);
  });
});

describe('adaptive pricing', () => {
  it('asks for the local currency; session, intent, charge and refund keep their own and tell what was presented', async () => {
    await using server = await connect({ assumptions: { adaptivePricingCurrency: 'eur' } });
    const { stripe } = server;
    const { id, url, adaptive_pricing: adaptive } = await stripe.checkout.sessions.create(order());
    expect(adaptive).toEqual({ enabled: true });
    const markup = await (await fetch(url ?? '')).text();
    expect(markup).toContain('<h1>€18.00</h1>');
    expect(markup).toMatch(/value="eur" checked>.*value="usd">/);
    await fetch(url ?? '', { method: 'POST', redirect: 'manual' });
    const presented = { presentment_details: { presentment_amount: 1_800, presentment_currency: 'eur' } };
    const paid = await stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent.latest_charge'] });
    expect(paid).toMatchObject({
      currency: 'usd',
      amount_total: 2_000,
      currency_conversion: null,
      ...presented,
      payment_intent: {
        currency: 'usd',
        amount_received: 2_000,
        ...presented,
        latest_charge: { currency: 'usd', amount: 2_000, ...presented },
      },
    });
    const refund = await stripe.refunds.create({ payment_intent: idOf(paid.payment_intent), amount: 500 });
    expect(refund).toMatchObject({
      amount: 500,
      currency: 'usd',
      presentment_details: { presentment_amount: 450, presentment_currency: 'eur' },
    });
  });

  it('leaves the payer the choice, and can be switched off per session', async () => {
    await using server = await connect({ assumptions: { adaptivePricingCurrency: 'eur' } });
    const { sim, stripe } = server;
    const own = await stripe.checkout.sessions.create(order());
    const body = new URLSearchParams({ currency: 'usd' });
    await fetch(own.url ?? '', { method: 'POST', body, redirect: 'manual' });
    const paid = await stripe.checkout.sessions.retrieve(own.id);
    expect([paid.status, paid.presentment_details]).toEqual(['complete', undefined]);
    const off = await stripe.checkout.sessions.create(order({ adaptive_pricing: { enabled: false } }));
    expect(await (await fetch(off.url ?? '')).text()).toContain('Pay $20.00');
    expect(() => sim.payments.paySession(off.id, { currency: 'eur' })).toThrow('cannot be paid in eur');
  });

  it('can charge the local currency itself, so that the intent no longer speaks the session’s', async () => {
    await using server = await connect({
      assumptions: {
        adaptivePricingCurrency: 'jpy',
        adaptivePricingRate: 150.5,
        adaptivePricingChargesLocalCurrency: true,
      },
    });
    const { sim, stripe } = server;
    const { id } = await stripe.checkout.sessions.create(order());
    sim.payments.paySession(id, { currency: 'jpy' });
    const paid = await stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent.latest_charge'] });
    expect(paid).toMatchObject({
      currency: 'usd',
      amount_total: 2_000,
      presentment_details: { presentment_amount: 3_010, presentment_currency: 'jpy' },
      payment_intent: {
        currency: 'jpy',
        amount_received: 3_010,
        latest_charge: { currency: 'jpy', amount: 3_010 },
      },
    });
  });

  it('refuses a local currency that is none', async () => {
    await expect(connect({ assumptions: { adaptivePricingCurrency: 'xyz' } })).rejects.toThrow('xyz');
  });
});

describe('the customer of a checkout session', () => {
  it('may be deleted before the payment, which then saves nothing', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const customer = await stripe.customers.create({});
    const { id } = await stripe.checkout.sessions.create(
      order({
        customer: customer.id,
        payment_intent_data: { setup_future_usage: 'off_session' },
        saved_payment_method_options: { payment_method_save: 'enabled' },
        invoice_creation: { enabled: true },
      }),
    );
    await stripe.customers.del(customer.id);
    expect(sim.payments.paySession(id, { save: true })).toMatchObject({ paymentStatus: 'paid' });
    const paid = await stripe.checkout.sessions.retrieve(id, {
      expand: ['customer', 'invoice', 'payment_intent.payment_method'],
    });
    expect(paid).toMatchObject({
      invoice: { status: 'paid', amount_paid: 2_000 },
      payment_intent: { payment_method: { customer: null } },
    });
    expect(paid.customer).toEqual({ id: customer.id, object: 'customer', deleted: true });
    const grant = stripe.billing.creditGrants.create({
      customer: customer.id,
      amount: { type: 'monetary', monetary: { currency: 'usd', value: 100 } },
      applicability_config: { scope: { price_type: 'metered' } },
    });
    expect(await errorOf(grant)).toMatchObject({
      statusCode: 400,
      code: 'resource_missing',
      param: 'customer',
      message: `No such customer: '${customer.id}'`,
    });
  });

  it('must still be there, when the switch says so', async () => {
    await using server = await connect({ assumptions: { deletedCustomersCanPay: false } });
    const { sim, stripe } = server;
    const customer = await stripe.customers.create({});
    const { id, url } = await stripe.checkout.sessions.create(order({ customer: customer.id }));
    await stripe.customers.del(customer.id);
    expect(() => sim.payments.paySession(id)).toThrow('No such customer');
    expect((await fetch(url ?? '', { method: 'POST' })).status).toBe(400);
    expect((await stripe.checkout.sessions.retrieve(id)).status).toBe('open');
    expect((await errorOf(stripe.checkout.sessions.create(order({ customer: customer.id })))).code).toBe(
      'resource_missing',
    );
  });
});
