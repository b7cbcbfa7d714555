import fc from 'fast-check';
import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { customerWith, invoicesOf, licensed, metered, sumMeter } from '../testing/catalog.ts';
import { connect, DAY_MS, errorOf, HOUR_MS, report } from '../testing/connect.ts';

/** A one-off invoice over `amount`, finalised at once. */
async function bill(
  stripe: Stripe,
  customer: string,
  amount: number,
  currency = 'usd',
): Promise<Stripe.Invoice> {
  const draft = await stripe.invoices.create({ customer, currency });
  await stripe.invoiceItems.create({ customer, invoice: draft.id ?? '', amount, currency });
  return stripe.invoices.finalizeInvoice(draft.id ?? '');
}

const balanceOf = async (stripe: Stripe, id: string): Promise<number> => {
  const customer = await stripe.customers.retrieve(id);
  return customer.deleted === true ? Number.NaN : customer.balance;
};

describe('the customer balance', () => {
  it('is set by an update or a transaction, which fix the currency', async () => {
    await using server = await connect();
    const { stripe } = server;
    const customer = await stripe.customers.create({ balance: -500 });
    expect([customer.balance, customer.currency]).toEqual([-500, 'usd']);
    await stripe.customers.update(customer.id, { balance: 200 });
    const entry = await stripe.customers.createBalanceTransaction(customer.id, {
      amount: -50,
      currency: 'usd',
      description: 'thanks',
    });
    expect(entry).toMatchObject({
      type: 'adjustment',
      amount: -50,
      ending_balance: 150,
      description: 'thanks',
    });
    expect((await stripe.customers.retrieveBalanceTransaction(customer.id, entry.id)).id).toBe(entry.id);
    const { data } = await stripe.customers.listBalanceTransactions(customer.id);
    expect(data.map(({ amount }) => amount)).toEqual([-50, 700, -500]);
    const euros = stripe.customers.createBalanceTransaction(customer.id, { amount: 1, currency: 'eur' });
    expect(await errorOf(euros)).toMatchObject({ statusCode: 400, param: 'currency' });
  });

  it('is always the sum of its transactions, and every ending balance follows from the one before', async () => {
    await using server = await connect();
    const { stripe } = server;
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.integer({ min: -3_000, max: 3_000 }),
            fc.record({ billed: fc.integer({ min: 0, max: 4_000 }) }),
          ),
          {
            minLength: 1,
            maxLength: 6,
          },
        ),
        async (steps) => {
          const { id } = await stripe.customers.create({});
          for (const step of steps) {
            if (typeof step === 'number')
              await stripe.customers.createBalanceTransaction(id, { amount: step, currency: 'usd' });
            else await bill(stripe, id, step.billed);
          }
          const entries = (await stripe.customers.listBalanceTransactions(id, { limit: 100 })).data.reverse();
          const sums = entries.map((_, index) =>
            entries.slice(0, index + 1).reduce((sum, { amount }) => sum + amount, 0),
          );
          expect(entries.map(({ ending_balance }) => ending_balance)).toEqual(sums);
          expect(await balanceOf(stripe, id)).toBe(sums.at(-1) ?? 0);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('pays invoices after credits: a credit lowers what is due, and what is left over stays', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const customer = await customerWith(stripe);
    const meter = await sumMeter(stripe);
    const price = await metered(stripe, meter.id);
    await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
    await stripe.billing.creditGrants.create({
      customer: customer.id,
      amount: { type: 'monetary', monetary: { currency: 'usd', value: 400 } },
      applicability_config: { scope: { price_type: 'metered' } },
    });
    await stripe.customers.update(customer.id, { balance: -1_000 });
    await report(stripe, customer.id, 9);
    await sim.advance(30 * DAY_MS);
    const [draft] = await invoicesOf(stripe, customer.id);
    expect(draft).toMatchObject({
      total: 500,
      amount_due: 0,
      starting_balance: -1_000,
      ending_balance: null,
    });
    await sim.advance(HOUR_MS);
    const [invoice] = await invoicesOf(stripe, customer.id);
    expect(invoice).toMatchObject({
      status: 'paid',
      subtotal: 900,
      total: 500,
      amount_due: 0,
      amount_paid: 0,
      starting_balance: -1_000,
      ending_balance: -500,
    });
    const [applied] = (await stripe.customers.listBalanceTransactions(customer.id)).data;
    const [changed] = (await stripe.events.list({ type: 'customer.updated' })).data;
    expect(changed?.data).toMatchObject({
      object: { balance: -500 },
      previous_attributes: { balance: -1_000 },
    });
    expect(applied).toMatchObject({
      type: 'applied_to_invoice',
      amount: 500,
      invoice: invoice?.id,
      ending_balance: -500,
    });
  });

  it('that is owed raises the next invoice; a negative invoice becomes the customer’s money', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { id } = await stripe.customers.create({ balance: 300 });
    expect(await bill(stripe, id, 1_000)).toMatchObject({
      amount_due: 1_300,
      starting_balance: 300,
      ending_balance: 0,
    });
    expect(await bill(stripe, id, -800)).toMatchObject({
      status: 'paid',
      total: -800,
      amount_due: 0,
      ending_balance: -800,
    });
    expect(await balanceOf(stripe, id)).toBe(-800);
  });

  it('comes back when the invoice that took it is voided', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { id } = await stripe.customers.create({ balance: -300 });
    const invoice = await bill(stripe, id, 1_000);
    expect([invoice.amount_due, await balanceOf(stripe, id)]).toEqual([700, 0]);
    await stripe.invoices.voidInvoice(invoice.id ?? '');
    expect(await balanceOf(stripe, id)).toBe(-300);
    const [entry] = (await stripe.customers.listBalanceTransactions(id)).data;
    expect(entry).toMatchObject({ type: 'unapplied_from_invoice', amount: -300, invoice: invoice.id });
  });
});

describe('the minimum charge', () => {
  it('marks a smaller invoice as paid and moves its amount to the balance, until it adds up', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { id } = await stripe.customers.create({});
    expect(await bill(stripe, id, 30)).toMatchObject({
      status: 'paid',
      total: 30,
      amount_due: 0,
      amount_paid: 0,
      ending_balance: 30,
    });
    const [entry] = (await stripe.customers.listBalanceTransactions(id)).data;
    expect(entry).toMatchObject({ type: 'invoice_too_small', amount: 30 });
    expect(await bill(stripe, id, 20)).toMatchObject({ status: 'open', amount_due: 50, ending_balance: 0 });
  });

  it.each([
    ['usd', 50],
    ['gbp', 30],
    ['jpy', 50],
    ['huf', 17_500],
  ])('of %s is %d', async (currency, least) => {
    await using server = await connect();
    const { stripe } = server;
    const statusOf = async (amount: number) => {
      const { id } = await stripe.customers.create({});
      return (await bill(stripe, id, amount, currency)).status;
    };
    expect([await statusOf(least - 1), await statusOf(least)]).toEqual(['paid', 'open']);
  });

  it('can be switched off', async () => {
    await using server = await connect({ assumptions: { minimumCharge: false } });
    const { stripe } = server;
    const customer = await customerWith(stripe);
    const price = await licensed(stripe, { unit_amount: 7 });
    const { latest_invoice } = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      expand: ['latest_invoice'],
    });
    expect(latest_invoice).toMatchObject({ status: 'paid', amount_due: 7, amount_paid: 7 });
  });
});
