import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { customerWith, invoicesOf, licensed, lineTexts, sec } from '../testing/catalog.ts';
import { connect, DAY_MS, errorOf, HOUR_MS, START_SEC } from '../testing/connect.ts';

const typesOf = async (stripe: Stripe, prefix: string): Promise<string[]> =>
  (await stripe.events.list({ limit: 100 })).data
    .reverse()
    .map(({ type }) => type)
    .filter((type) => type.startsWith(prefix));

describe('one-off invoices', () => {
  it('take pending items when asked, newest first, and later ones last', async () => {
    await using server = await connect();
    const { stripe } = server;
    const customer = await customerWith(stripe);
    const once = await stripe.prices.create({
      currency: 'usd',
      unit_amount: 250,
      product_data: { name: 'Setup' },
    });
    await stripe.invoiceItems.create({
      customer: customer.id,
      amount: 500,
      currency: 'usd',
      description: 'first',
    });
    const second = await stripe.invoiceItems.create({
      customer: customer.id,
      pricing: { price: once.id },
      quantity: 3,
    });
    expect(second).toMatchObject({
      amount: 750,
      quantity: 3,
      invoice: null,
      pricing: { price_details: { price: once.id } },
    });
    expect((await stripe.invoices.create({ customer: customer.id })).total).toBe(0);
    const draft = await stripe.invoices.create({
      customer: customer.id,
      pending_invoice_items_behavior: 'include',
      description: 'for August',
      metadata: { order: '7' },
    });
    expect(draft).toMatchObject({
      status: 'draft',
      billing_reason: 'manual',
      parent: null,
      auto_advance: false,
      automatically_finalizes_at: null,
      period_start: START_SEC,
      period_end: START_SEC,
      description: 'for August',
      metadata: { order: '7' },
    });
    await stripe.invoiceItems.create({
      customer: customer.id,
      invoice: draft.id ?? '',
      amount: 100,
      currency: 'usd',
      description: 'late',
    });
    const full = await stripe.invoices.retrieve(draft.id ?? '');
    expect(lineTexts(full)).toEqual(['750 3 × Setup (at $2.50)', '500 first', '100 late']);
    expect(full.lines.data.map((line) => line.parent?.type)).toEqual(Array(3).fill('invoice_item_details'));
    await stripe.invoiceItems.del(second.id);
    expect((await stripe.invoices.retrieve(draft.id ?? '')).total).toBe(600);
  });

  it('never take credits', async () => {
    await using server = await connect();
    const { stripe } = server;
    const customer = await customerWith(stripe);
    await stripe.billing.creditGrants.create({
      customer: customer.id,
      amount: { type: 'monetary', monetary: { currency: 'usd', value: 400 } },
      applicability_config: { scope: { price_type: 'metered' } },
    });
    const draft = await stripe.invoices.create({ customer: customer.id });
    await stripe.invoiceItems.create({
      customer: customer.id,
      invoice: draft.id ?? '',
      amount: 900,
      currency: 'usd',
    });
    expect(await stripe.invoices.finalizeInvoice(draft.id ?? '')).toMatchObject({
      total: 900,
      total_pretax_credit_amounts: [],
    });
  });

  it('that wait for a subscription go on its next invoice, and others on any', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const customer = await customerWith(stripe);
    const price = await licensed(stripe);
    const own = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
    await stripe.invoiceItems.create({
      customer: customer.id,
      subscription: own.id,
      amount: 250,
      currency: 'usd',
      description: 'extra',
      period: { start: sec('2026-08-01'), end: sec('2026-09-01') },
    });
    await sim.advance(30 * DAY_MS + HOUR_MS);
    const [, renewal] = await invoicesOf(stripe, customer.id);
    expect(lineTexts(renewal)).toEqual(['250 extra', '1000 1 × Seat (at $10.00 / month)']);
    expect(renewal?.lines.data[0]?.period).toEqual({ start: sec('2026-08-01'), end: sec('2026-09-01') });
    const [item] = (await stripe.invoiceItems.list({ customer: customer.id, pending: false })).data;
    expect(item?.invoice).toBe(renewal?.id);
    expect(await errorOf(stripe.invoiceItems.del(item?.id ?? ''))).toMatchObject({
      code: 'invoice_not_editable',
    });
  });

  it('can be changed and deleted while they are drafts; their pending items wait again', async () => {
    await using server = await connect();
    const { stripe } = server;
    const customer = await customerWith(stripe);
    const item = await stripe.invoiceItems.create({ customer: customer.id, amount: 500, currency: 'usd' });
    const draft = await stripe.invoices.create({
      customer: customer.id,
      pending_invoice_items_behavior: 'include',
    });
    const id = draft.id ?? '';
    expect((await stripe.invoices.update(id, { description: 'new', metadata: { a: 'b' } })).description).toBe(
      'new',
    );
    expect((await stripe.invoiceItems.update(item.id, { amount: 700 })).amount).toBe(700);
    expect((await stripe.invoices.retrieve(id)).total).toBe(700);
    expect(await stripe.invoices.del(id)).toEqual(expect.objectContaining({ id, deleted: true }));
    expect((await errorOf(stripe.invoices.retrieve(id))).statusCode).toBe(404);
    expect((await stripe.invoiceItems.retrieve(item.id)).invoice).toBeNull();
    const { data } = await stripe.invoices.list({ customer: customer.id });
    expect(data).toEqual([]);
  });

  it('with auto_advance finalise after an hour and are charged; metadata can change for ever', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const customer = await customerWith(stripe, 'pm_card_visa');
    await stripe.invoiceItems.create({ customer: customer.id, amount: 500, currency: 'usd' });
    const draft = await stripe.invoices.create({
      customer: customer.id,
      pending_invoice_items_behavior: 'include',
      auto_advance: true,
    });
    expect(draft.automatically_finalizes_at).toBe(START_SEC + 3_600);
    await sim.advance(HOUR_MS);
    const id = draft.id ?? '';
    expect((await stripe.invoices.retrieve(id)).status).toBe('paid');
    expect((await stripe.invoices.update(id, { metadata: { seen: 'yes' } })).metadata).toEqual({
      seen: 'yes',
    });
    expect(await errorOf(stripe.invoices.update(id, { description: 'x' }))).toMatchObject({
      code: 'invoice_not_editable',
    });
    expect(await errorOf(stripe.invoices.del(id))).toMatchObject({ code: 'invoice_not_editable' });
  });
});

describe('payments of invoices', () => {
  const open = async (stripe: Stripe, method: string): Promise<{ customer: string; id: string }> => {
    const customer = await customerWith(stripe, method);
    await stripe.invoiceItems.create({ customer: customer.id, amount: 5_000, currency: 'usd' });
    const draft = await stripe.invoices.create({
      customer: customer.id,
      pending_invoice_items_behavior: 'include',
    });
    await stripe.invoices.finalizeInvoice(draft.id ?? '', { auto_advance: false });
    return { customer: customer.id, id: draft.id ?? '' };
  };

  it('are listed by invoice and by payment intent, and expand', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { id } = await open(stripe, 'pm_card_visa');
    const paid = await stripe.invoices.pay(id, { expand: ['payments.data.payment.payment_intent'] });
    expect(paid).toMatchObject({
      status: 'paid',
      amount_paid: 5_000,
      attempt_count: 1,
      payments: { data: [{ status: 'paid', payment: { payment_intent: { status: 'succeeded' } } }] },
    });
    const [payment] = (await stripe.invoicePayments.list({ invoice: id })).data;
    expect(payment).toMatchObject({
      object: 'invoice_payment',
      amount_paid: 5_000,
      status: 'paid',
      invoice: id,
    });
    const intent = String(payment?.payment.payment_intent);
    const found = await stripe.invoicePayments.list({
      payment: { type: 'payment_intent', payment_intent: intent },
    });
    expect(found.data.map((each) => each.id)).toEqual([payment?.id]);
    expect((await stripe.invoicePayments.retrieve(payment?.id ?? '')).id).toBe(payment?.id);
    expect(await typesOf(stripe, 'invoice.p')).toEqual(['invoice.paid', 'invoice.payment_succeeded']);
  });

  it('that are declined answer 402 and leave the invoice open, for another method to pay', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { id } = await open(stripe, 'pm_card_chargeCustomerFail');
    expect(await errorOf(stripe.invoices.pay(id))).toMatchObject({
      statusCode: 402,
      type: 'StripeCardError',
      code: 'card_declined',
    });
    expect(await stripe.invoices.retrieve(id)).toMatchObject({
      status: 'open',
      attempt_count: 1,
      attempted: true,
    });
    expect(await typesOf(stripe, 'invoice.payment')).toEqual(['invoice.payment_failed']);
    expect(await stripe.invoices.pay(id, { payment_method: 'pm_card_mastercard' })).toMatchObject({
      status: 'paid',
      attempt_count: 2,
    });
  });

  it('can be made out of band, also of an uncollectible invoice', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { id } = await open(stripe, 'pm_card_chargeCustomerFail');
    expect(await stripe.invoices.markUncollectible(id)).toMatchObject({
      status: 'uncollectible',
      status_transitions: { marked_uncollectible_at: START_SEC },
    });
    expect((await errorOf(stripe.invoices.markUncollectible(id))).statusCode).toBe(400);
    expect(await stripe.invoices.pay(id, { paid_out_of_band: true })).toMatchObject({
      status: 'paid',
      amount_paid: 5_000,
    });
    const other = await open(stripe, 'pm_card_chargeCustomerFail');
    await stripe.invoices.markUncollectible(other.id);
    expect((await stripe.invoices.voidInvoice(other.id)).status).toBe('void');
    expect(await typesOf(stripe, 'invoice.')).toEqual(
      expect.arrayContaining(['invoice.marked_uncollectible', 'invoice.paid', 'invoice.voided']),
    );
  });
});
