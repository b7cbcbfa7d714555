import { describe, expect, it } from 'vitest';
import { connect, DAY_MS, errorOf, HOUR_MS, START_SEC, subscribeMetered } from '../testing/connect.ts';
import { idOf } from '../testing/payments.ts';

/** A customer whose monthly fee of 7 dollars falls due with the method behind the alias as the default. */
async function subscribed(server: Awaited<ReturnType<typeof connect>>, alias: string) {
  const { stripe } = server;
  const { customer, subscription } = await subscribeMetered(stripe, { licensedMinor: 700 });
  const method = await stripe.paymentMethods.attach(alias, { customer: customer.id });
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } });
  return { customer, subscription, method };
}

describe('collecting an invoice', () => {
  it('charges the default payment method off session and records the payment', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { customer, method } = await subscribed(server, 'pm_card_mastercard');
    await sim.advance(30 * DAY_MS + 2 * HOUR_MS);
    const [invoice] = (await stripe.invoices.list({ customer: customer.id })).data;
    expect(invoice).toMatchObject({ status: 'paid', amount_paid: 700, billing_reason: 'subscription_cycle' });
    const [payment] = (await stripe.invoicePayments.list({ invoice: invoice?.id ?? '' })).data;
    const intent = await stripe.paymentIntents.retrieve(idOf(payment?.payment.payment_intent));
    expect(intent).toMatchObject({
      status: 'succeeded',
      amount: 700,
      payment_method: method.id,
      customer: customer.id,
    });
  });

  it('leaves the invoice open when the card is declined, and settles it with a payment of the same intent', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { customer } = await subscribed(server, 'pm_card_chargeCustomerFail');
    await sim.advance(30 * DAY_MS + 2 * HOUR_MS);
    const [invoice] = (await stripe.invoices.list({ customer: customer.id })).data;
    expect(invoice).toMatchObject({ status: 'open', amount_paid: 0 });
    const [payment] = (await stripe.invoicePayments.list({ invoice: invoice?.id ?? '' })).data;
    const intentId = idOf(payment?.payment.payment_intent);
    expect(await stripe.paymentIntents.retrieve(intentId)).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { decline_code: 'generic_decline' },
    });
    await stripe.paymentIntents.confirm(intentId, {
      payment_method: 'pm_card_visa',
      return_url: 'https://a.example',
    });
    expect((await stripe.invoices.retrieve(invoice?.id ?? '')).status).toBe('paid');
  });

  it('pays with a bank debit when the debit has arrived', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { customer } = await subscribed(server, 'pm_usBankAccount_success');
    await sim.advance(30 * DAY_MS + HOUR_MS);
    const [invoice] = (await stripe.invoices.list({ customer: customer.id })).data;
    expect(invoice?.status).toBe('open');
    await sim.advance(HOUR_MS);
    expect((await stripe.invoices.retrieve(invoice?.id ?? '')).status).toBe('paid');
  });

  it('fails for want of a method once the customer has had one', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { customer, method } = await subscribed(server, 'pm_card_visa');
    await stripe.paymentMethods.detach(method.id);
    await sim.advance(30 * DAY_MS + 2 * HOUR_MS);
    const [invoice] = (await stripe.invoices.list({ customer: customer.id })).data;
    expect(invoice?.status).toBe('open');
    expect((await errorOf(stripe.invoices.pay(invoice?.id ?? ''))).message).toContain('payment');
  });

  it('fails for a customer who never had a method when the assumption is off', async () => {
    await using server = await connect({ assumptions: { chargeWithoutPaymentMethod: false } });
    const { sim, stripe } = server;
    const { customer } = await subscribeMetered(stripe);
    await stripe.invoiceItems.create({ customer: customer.id, amount: 500, currency: 'usd' });
    const invoice = await stripe.invoices.create({
      customer: customer.id,
      pending_invoice_items_behavior: 'include',
      auto_advance: true,
    });
    await sim.advance(2 * HOUR_MS);
    expect((await stripe.invoices.retrieve(invoice.id)).status).toBe('open');
  });

  it('makes a new intent when the earlier one was canceled meanwhile', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { customer } = await subscribed(server, 'pm_card_chargeCustomerFail');
    await sim.advance(30 * DAY_MS + 2 * HOUR_MS);
    const [invoice] = (await stripe.invoices.list({ customer: customer.id })).data;
    const [payment] = (await stripe.invoicePayments.list({ invoice: invoice?.id ?? '' })).data;
    await stripe.paymentIntents.cancel(idOf(payment?.payment.payment_intent));
    const card = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
    await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: card.id } });
    await sim.advance(4 * DAY_MS);
    expect((await stripe.invoices.retrieve(invoice?.id ?? '')).status).toBe('paid');
  });

  it('does not charge again while a debit is on its way', async () => {
    await using server = await connect({ assumptions: { bankDebitSettlesAfterMs: 4 * DAY_MS } });
    const { sim, stripe } = server;
    const { customer } = await subscribed(server, 'pm_usBankAccount_success');
    await sim.advance(30 * DAY_MS + 2 * HOUR_MS);
    const [invoice] = (await stripe.invoices.list({ customer: customer.id })).data;
    await stripe.invoices.pay(invoice?.id ?? '');
    await sim.advance(4 * DAY_MS);
    expect((await stripe.invoices.retrieve(invoice?.id ?? '')).status).toBe('paid');
    expect((await stripe.charges.list({ customer: customer.id })).data).toHaveLength(2);
  });

  it('fails, and breaks nothing, when the method of the subscription was detached', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { customer, subscription, method } = await subscribed(server, 'pm_card_visa');
    await stripe.subscriptions.update(subscription.id, { default_payment_method: method.id });
    await stripe.paymentMethods.detach(method.id);
    await sim.advance(32 * DAY_MS);
    const [invoice] = (await stripe.invoices.list({ customer: customer.id })).data;
    expect(invoice).toMatchObject({ status: 'open', attempt_count: 1 });
  });

  it('of a customer on a test clock, pays on real time', async () => {
    await using server = await connect();
    const { stripe } = server;
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: START_SEC - 400 * 86_400 });
    const customer = await stripe.customers.create({ test_clock: clock.id });
    await stripe.invoiceItems.create({ customer: customer.id, amount: 500, currency: 'usd' });
    const draft = await stripe.invoices.create({
      customer: customer.id,
      pending_invoice_items_behavior: 'include',
    });
    const paid = await stripe.invoices.pay(draft.id);
    expect(paid).toMatchObject({ status: 'paid', created: START_SEC - 400 * 86_400 });
    const [intent] = (await stripe.paymentIntents.list({ customer: customer.id })).data;
    expect(intent).toMatchObject({ status: 'succeeded', created: START_SEC });
  });
});
