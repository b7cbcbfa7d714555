import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import {
  type Connected,
  connect,
  DAY_MS,
  errorOf,
  HOUR_MS,
  type Metered,
  report,
  START_SEC,
  subscribeMetered,
} from '../testing/connect.ts';

const DAY = 86_400;

/** The grants of the vector: T first by priority, then R and Q by expiry, P last. */
async function grantAll({ stripe }: Connected, customer: string): Promise<Map<string, string>> {
  const metered = { scope: { price_type: 'metered' as const } };
  const vector: Array<[string, number, Partial<Stripe.Billing.CreditGrantCreateParams>]> = [
    ['P', 1_000, {}],
    ['Q', 500, { category: 'promotional', expires_at: START_SEC + 90 * DAY }],
    ['R', 300, { expires_at: START_SEC + 60 * DAY }],
    ['T', 100, { priority: 0 }],
  ];
  const names = new Map<string, string>();
  for (const [name, value, more] of vector) {
    const { id } = await stripe.billing.creditGrants.create({
      customer,
      name,
      amount: { type: 'monetary', monetary: { currency: 'usd', value } },
      applicability_config: metered,
      ...more,
    });
    names.set(id, name);
  }
  return names;
}

async function remaining(
  stripe: Stripe,
  customer: string,
  names: Map<string, string>,
): Promise<Record<string, number>> {
  const left: Record<string, number> = {};
  for (const { credit_grant, credit, debit } of await stripe.billing.creditBalanceTransactions
    .list({ customer, limit: 100 })
    .autoPagingToArray({ limit: 1_000 })) {
    const name = names.get(String(credit_grant)) ?? '?';
    left[name] =
      (left[name] ?? 0) + (credit?.amount.monetary?.value ?? 0) - (debit?.amount.monetary?.value ?? 0);
  }
  return left;
}

/** An open invoice of 700 in usage and 1.00 in fees whose usage was paid by the vector's grants. */
async function openInvoice(
  server: Connected,
): Promise<Metered & { names: Map<string, string>; invoice: Stripe.Invoice }> {
  const { sim, stripe } = server;
  const made = await subscribeMetered(stripe, { licensedMinor: 100, sendInvoice: true });
  await sim.advance(10 * DAY_MS);
  const names = await grantAll(server, made.customer.id);
  await report(stripe, made.customer.id, 700);
  await sim.advanceTo((made.subscription.items.data[0]?.current_period_end ?? 0) * 1_000 + HOUR_MS);
  const [invoice] = (await stripe.invoices.list({ customer: made.customer.id, limit: 1 })).data;
  if (invoice === undefined) throw new Error('No invoice was made.');
  return { ...made, names, invoice };
}

describe('credits on invoices', () => {
  it('an invoice of 700 takes T 100, R 300, Q 300 and leaves P untouched; fees are not covered', async () => {
    await using server = await connect();
    const { customer, names, invoice } = await openInvoice(server);
    expect(invoice).toMatchObject({
      status: 'open',
      subtotal: 800,
      total: 100,
      amount_due: 100,
      amount_remaining: 100,
    });
    expect(invoice.total_pretax_credit_amounts?.map(({ amount }) => amount)).toEqual([100, 300, 300]);
    expect(invoice.lines.data.map((line) => line.pretax_credit_amounts?.map(({ amount }) => amount))).toEqual(
      [[100, 300, 300], []],
    );
    expect(await remaining(server.stripe, customer.id, names)).toEqual({ P: 1_000, Q: 200, R: 0, T: 0 });
    const [first] = invoice.total_pretax_credit_amounts ?? [];
    const transaction = await server.stripe.billing.creditBalanceTransactions.retrieve(
      String(first?.credit_balance_transaction),
      { expand: ['credit_grant'] },
    );
    expect(transaction).toMatchObject({
      debit: { credits_applied: { invoice: invoice.id, invoice_line_item: invoice.lines.data[0]?.id } },
      credit_grant: { name: 'T' },
    });
  });

  it('voiding it gives all three back', async () => {
    await using server = await connect();
    const { customer, names, invoice } = await openInvoice(server);
    expect((await server.stripe.invoices.voidInvoice(invoice.id ?? '')).status).toBe('void');
    expect(await remaining(server.stripe, customer.id, names)).toEqual({ P: 1_000, Q: 500, R: 300, T: 100 });
    expect((await errorOf(server.stripe.invoices.voidInvoice(invoice.id ?? ''))).statusCode).toBe(400);
    expect((await errorOf(server.stripe.invoices.pay(invoice.id ?? ''))).statusCode).toBe(400);
  });

  it('credits of R, expired meanwhile, come back and expire at once', async () => {
    await using server = await connect();
    const { customer, names, invoice } = await openInvoice(server);
    await server.sim.advanceTo((START_SEC + 61 * DAY) * 1_000);
    await server.stripe.invoices.voidInvoice(invoice.id ?? '');
    expect(await remaining(server.stripe, customer.id, names)).toMatchObject({ R: 0, T: 100 });
    const idOf = (name: string) => [...names].find(([, candidate]) => candidate === name)?.[0] ?? '';
    const { data } = await server.stripe.billing.creditBalanceTransactions.list({
      customer: customer.id,
      credit_grant: idOf('R'),
    });
    expect(data.map(({ credit, debit }) => credit?.type ?? debit?.type)).toEqual([
      'credits_expired',
      'credits_application_invoice_voided',
      'credits_applied',
      'credits_granted',
    ]);
    expect(data[1]?.credit?.credits_application_invoice_voided?.invoice).toBe(invoice.id);
  });

  it('a grant made after the period ended does not pay its draft', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { customer, subscription } = await subscribeMetered(stripe);
    await report(stripe, customer.id, 60);
    await sim.advanceTo((subscription.items.data[0]?.current_period_end ?? 0) * 1_000 + 60_000);
    await grantAll(server, customer.id);
    await sim.advance(HOUR_MS);
    expect((await stripe.invoices.list()).data[0]).toMatchObject({
      status: 'paid',
      amount_paid: 60,
      total_pretax_credit_amounts: [],
    });
  });

  it('two previews show the same credits, each as if it were alone; finalisation gives them once', async () => {
    await using server = await connect({ assumptions: { minimumCharge: false } });
    const { sim, stripe } = server;
    const { customer, price, subscription } = await subscribeMetered(stripe);
    const other = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
    await stripe.billing.creditGrants.create({
      customer: customer.id,
      amount: { type: 'monetary', monetary: { currency: 'usd', value: 100 } },
      applicability_config: { scope: { price_type: 'metered' } },
    });
    await report(stripe, customer.id, 60);
    for (const { id } of [subscription, other]) {
      const preview = await stripe.invoices.createPreview({ subscription: id });
      expect(preview).toMatchObject({
        subtotal: 60,
        total: 0,
        total_pretax_credit_amounts: [
          { amount: 60, credit_balance_transaction: null, type: 'credit_balance_transaction' },
        ],
      });
    }
    await sim.advance(31 * DAY_MS);
    expect((await stripe.invoices.list()).data.map(({ amount_paid }) => amount_paid).sort()).toEqual([0, 20]);
  });
});

describe('invoices', () => {
  it('finalise by hand, are charged an hour later, and cannot be paid twice', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { customer, subscription } = await subscribeMetered(stripe);
    await report(stripe, customer.id, 90);
    await sim.advanceTo((subscription.items.data[0]?.current_period_end ?? 0) * 1_000);
    const [draft] = (await stripe.invoices.list({ status: 'draft' })).data;
    const id = draft?.id ?? '';
    expect(await stripe.invoices.finalizeInvoice(id)).toMatchObject({
      status: 'open',
      amount_due: 90,
      amount_remaining: 90,
    });
    expect((await errorOf(stripe.invoices.finalizeInvoice(id))).statusCode).toBe(400);
    expect(await stripe.invoices.pay(id)).toMatchObject({
      status: 'paid',
      amount_paid: 90,
      attempt_count: 1,
    });
    expect(await errorOf(stripe.invoices.pay(id))).toMatchObject({
      statusCode: 400,
      message: 'Invoice is already paid',
    });
    await sim.advance(2 * HOUR_MS);
    expect(await stripe.invoices.retrieve(id)).toMatchObject({ status: 'paid', attempt_count: 1 });
  });

  it('with nothing due are paid at once; sent ones stay open with a due date', async () => {
    await using server = await connect({ assumptions: { minimumCharge: false } });
    const { sim, stripe } = server;
    await subscribeMetered(stripe);
    const sent = await subscribeMetered(stripe, { sendInvoice: true, eventName: 'other' });
    await report(stripe, sent.customer.id, 5, undefined, 'other');
    await sim.advance(31 * DAY_MS);
    expect((await stripe.invoices.list({ collection_method: 'charge_automatically' })).data[0]).toMatchObject(
      { status: 'paid', amount_due: 0, attempted: false },
    );
    const [open] = (await stripe.invoices.list({ subscription: sent.subscription.id })).data;
    expect(open).toMatchObject({
      status: 'open',
      amount_due: 5,
      due_date: (open?.status_transitions.finalized_at ?? 0) + 14 * DAY,
    });
  });

  it('show ten lines and list the rest page by page, with what they expand to', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { customer, meter } = await subscribeMetered(stripe);
    const tiers = Array.from({ length: 12 }, (_, index) => ({
      up_to: index === 11 ? ('inf' as const) : (index + 1) * 10,
      unit_amount: index,
    }));
    const price = await stripe.prices.create({
      currency: 'usd',
      product_data: { name: 'Many tiers' },
      billing_scheme: 'tiered',
      tiers_mode: 'graduated',
      tiers,
      recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
    });
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
    });
    await report(stripe, customer.id, 115);
    await server.sim.advance(31 * DAY_MS);
    const [invoice] = (
      await stripe.invoices.list({ subscription: subscription.id, expand: ['data.customer'] })
    ).data;
    expect(invoice?.customer).toMatchObject({ name: 'Ada & Co' });
    expect([invoice?.lines.data.length, invoice?.lines.has_more]).toEqual([10, true]);
    const lines = await stripe.invoices
      .listLineItems(invoice?.id ?? '', { expand: ['data.pricing.price_details.price'] })
      .autoPagingToArray({ limit: 100 });
    expect(lines.map(({ amount }) => amount)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 55]);
    expect(lines[11]?.pricing?.price_details?.price).toMatchObject({
      id: price.id,
      billing_scheme: 'tiered',
    });
    expect(lines.reduce((sum, { amount }) => sum + amount, 0)).toBe(invoice?.total);
  });
});
