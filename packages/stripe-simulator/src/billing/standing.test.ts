import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { customerWith, invoicesOf, licensed, metered, sumMeter } from '../testing/catalog.ts';
import { type Connected, connect, DAY_MS, errorOf, HOUR_MS, report } from '../testing/connect.ts';

const SEPTEMBER_MS = 30 * DAY_MS;
const OCTOBER_MS = 31 * DAY_MS;

/** A metered subscription of a customer whose default method is the named one. */
async function subscribed(stripe: Stripe, method: string) {
  const customer = await customerWith(stripe, method);
  const meter = await sumMeter(stripe);
  const price = await metered(stripe, meter.id);
  const { id } = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
  return { customerId: customer.id, subscriptionId: id };
}

/** The same an hour after its first renewal, whose payment was declined. */
async function pastDue({ sim, stripe }: Connected) {
  const made = await subscribed(stripe, 'pm_card_chargeCustomerFail');
  await report(stripe, made.customerId, 5);
  await sim.advance(SEPTEMBER_MS + HOUR_MS);
  const standing = async () => {
    const { status } = await stripe.subscriptions.retrieve(made.subscriptionId);
    const customer = await stripe.customers.retrieve(made.customerId);
    return [status, customer.deleted === true ? null : customer.delinquent];
  };
  expect(await standing()).toEqual(['past_due', true]);
  const [invoice] = await invoicesOf(stripe, made.customerId);
  return { ...made, standing, failedId: invoice?.id ?? '' };
}

/** The id of the next renewal's invoice, declined as well. */
async function renewAgain({ sim, stripe }: Connected, customerId: string): Promise<string> {
  await report(stripe, customerId, 6);
  await sim.advance(OCTOBER_MS);
  return (await invoicesOf(stripe, customerId))[1]?.id ?? '';
}

describe('a subscription that is past due, and its delinquent customer', () => {
  it('recover with a renewal that leaves nothing to pay', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { customerId, standing } = await pastDue(server);
    await stripe.billing.creditGrants.create({
      customer: customerId,
      amount: { type: 'monetary', monetary: { currency: 'usd', value: 1_000 } },
      applicability_config: { scope: { price_type: 'metered' } },
    });
    await report(stripe, customerId, 6);
    await sim.advance(OCTOBER_MS - HOUR_MS);
    expect(await standing()).toEqual(['past_due', true]);
    await sim.advance(HOUR_MS);
    expect(
      (await invoicesOf(stripe, customerId)).map(({ status, amount_due }) => [status, amount_due]),
    ).toEqual([
      ['open', 500],
      ['paid', 0],
    ]);
    expect(await standing()).toEqual(['active', false]);
    const [updated] = (await stripe.events.list({ type: 'customer.subscription.updated' })).data;
    expect(updated?.data.previous_attributes).toEqual({ status: 'past_due' });
  });

  it.each(['voidInvoice', 'markUncollectible'] as const)(
    'recover with %s of the only invoice',
    async (end) => {
      await using server = await connect();
      const { stripe } = server;
      const { failedId, standing } = await pastDue(server);
      await stripe.invoices[end](failedId);
      expect(await standing()).toEqual(['active', false]);
    },
  );

  it('stay as they are when one of two is voided; the one that is left decides, whichever it is', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { customerId, failedId, standing } = await pastDue(server);
    const secondId = await renewAgain(server, customerId);
    await stripe.invoices.voidInvoice(secondId);
    expect(await standing()).toEqual(['past_due', true]);
    await stripe.invoices.pay(failedId, { payment_method: 'pm_card_visa' });
    expect(await standing()).toEqual(['active', false]);
  });

  it('stay past due when an earlier invoice is given up, and recover with the latest', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { customerId, failedId, standing } = await pastDue(server);
    const secondId = await renewAgain(server, customerId);
    await stripe.invoices.markUncollectible(failedId);
    expect((await standing())[0]).toBe('past_due');
    await stripe.invoices.voidInvoice(secondId);
    expect(await standing()).toEqual(['active', false]);
  });
});

describe('an invoice whose payment is processing', () => {
  it('can neither be voided nor paid out of band until it is decided', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { customerId } = await subscribed(stripe, 'pm_usBankAccount_success');
    await report(stripe, customerId, 80);
    await sim.advance(SEPTEMBER_MS + HOUR_MS);
    const id = (await invoicesOf(stripe, customerId))[0]?.id ?? '';
    const refused = { statusCode: 400, message: expect.stringContaining('processing') };
    expect(await errorOf(stripe.invoices.voidInvoice(id))).toMatchObject(refused);
    expect(await errorOf(stripe.invoices.pay(id, { paid_out_of_band: true }))).toMatchObject(refused);
    expect((await stripe.invoices.retrieve(id)).status).toBe('open');
    await sim.advance(HOUR_MS);
    expect(await stripe.invoices.retrieve(id)).toMatchObject({ status: 'paid', amount_paid: 8_000 });
  });

  it('can be voided once that has failed', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const customer = await customerWith(stripe, 'pm_usBankAccount_insufficientFunds');
    const price = await licensed(stripe);
    const { latest_invoice } = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
    });
    const id = String(latest_invoice);
    expect((await errorOf(stripe.invoices.voidInvoice(id))).statusCode).toBe(400);
    await sim.advance(HOUR_MS);
    expect((await stripe.invoices.voidInvoice(id)).status).toBe('void');
  });
});
