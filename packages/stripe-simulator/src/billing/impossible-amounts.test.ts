import { describe, expect, it } from 'vitest';
import { invoicesOf, licensed } from '../testing/catalog.ts';
import { connect, DAY_MS, errorOf, HOUR_MS, report, subscribeMetered } from '../testing/connect.ts';

const TOO_LARGE = { code: 'amount_too_large', type: 'invalid_request_error' };
const REFUSED = { statusCode: 400, code: 'amount_too_large' };

describe('an invoice of more than eight digits', () => {
  it('stays a draft that says why, is told once, and lets the subscription go on', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { customer, subscription } = await subscribeMetered(stripe);
    await report(stripe, customer.id, 100_000_000);
    await sim.advance(30 * DAY_MS + 2 * HOUR_MS);
    const [draft] = await invoicesOf(stripe, customer.id);
    expect(draft).toMatchObject({
      status: 'draft',
      total: 100_000_000,
      automatically_finalizes_at: null,
      last_finalization_error: { ...TOO_LARGE, message: 'Amount must be no more than $999,999.99' },
    });
    const told = () => stripe.events.list({ type: 'invoice.finalization_failed' });
    expect((await told()).data.map(({ data }) => data.object)).toMatchObject([
      { id: draft?.id, last_finalization_error: TOO_LARGE },
    ]);
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('active');
    await sim.advance(5 * DAY_MS);
    expect((await told()).data).toHaveLength(1);
  });

  it('answers 400 by hand, and finalises once it is smaller', async () => {
    await using server = await connect();
    const { stripe } = server;
    const customer = await stripe.customers.create({});
    const draft = await stripe.invoices.create({ customer: customer.id });
    const id = draft.id ?? '';
    const add = (amount: number) =>
      stripe.invoiceItems.create({ customer: customer.id, invoice: id, amount, currency: 'usd' });
    await add(100_000_000);
    for (const call of [() => stripe.invoices.finalizeInvoice(id), () => stripe.invoices.pay(id)])
      expect(await errorOf(call())).toMatchObject(REFUSED);
    expect(await stripe.invoices.retrieve(id)).toMatchObject({
      status: 'draft',
      last_finalization_error: TOO_LARGE,
    });
    await add(-1);
    expect(await stripe.invoices.finalizeInvoice(id)).toMatchObject({
      status: 'open',
      amount_due: 99_999_999,
      last_finalization_error: null,
    });
  });

  it('starts no subscription', async () => {
    await using server = await connect();
    const { stripe } = server;
    const customer = await stripe.customers.create({});
    const price = await licensed(stripe, { unit_amount: 100_000_000 });
    const call = stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
    expect(await errorOf(call)).toMatchObject(REFUSED);
    expect((await stripe.subscriptions.list({ customer: customer.id, status: 'all' })).data).toEqual([]);
    expect(await invoicesOf(stripe, customer.id)).toEqual([]);
  });
});

describe('a preview', () => {
  it('shows amounts that are exact, or answers 400', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { customer, subscription } = await subscribeMetered(stripe);
    const preview = () => stripe.invoices.createPreview({ subscription: subscription.id });
    await report(stripe, customer.id, 900_000_000_000_000);
    expect((await preview()).total).toBe(900_000_000_000_000);
    for (let index = 0; index < 10; index += 1) await report(stripe, customer.id, 900_000_000_000_000);
    expect(await errorOf(preview())).toMatchObject(REFUSED);
  });
});
