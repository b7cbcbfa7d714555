import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { connect } from '../testing/connect.ts';
import { payer } from '../testing/payments.ts';

const post = (url: string, fields: Record<string, string>) =>
  fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });

const defaultOf = async (stripe: Stripe, id: string) => {
  const customer = await stripe.customers.retrieve(id);
  return customer.deleted === true ? null : customer.invoice_settings.default_payment_method;
};

describe('the portal’s page', () => {
  it('adds a card and makes it the default', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { id } = await stripe.customers.create({ name: 'Ada' });
    const { url } = await stripe.billingPortal.sessions.create({ customer: id });
    const answer = await post(url, { add: 'yes', method: 'pm_card_visa' });
    expect(`${sim.url}${answer.headers.get('location')}`).toBe(url);
    const [card] = (await stripe.customers.listPaymentMethods(id)).data;
    expect(await defaultOf(stripe, id)).toBe(card?.id);
    const paid = await stripe.paymentIntents.create({
      amount: 500,
      currency: 'usd',
      customer: id,
      payment_method: card?.id ?? '',
      confirm: true,
      off_session: true,
    });
    expect(paid.status).toBe('succeeded');
  });

  it('says that a card was declined, and leads through authentication', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { id } = await stripe.customers.create({});
    const { url } = await stripe.billingPortal.sessions.create({ customer: id });
    const declined = await post(url, { add: 'yes', method: 'pm_card_chargeDeclined' });
    expect(declined.status).toBe(402);
    expect(await declined.text()).toContain('role="alert">Your card was declined.');
    const led = await post(url, { add: 'yes', method: 'pm_card_authenticationRequired' });
    const done = await post(`${sim.url}${led.headers.get('location')}`, { result: 'complete' });
    expect(done.headers.get('location')).toMatch(new RegExp(`^${url}\\?setup_intent=seti_`));
    expect((await stripe.customers.listPaymentMethods(id)).data).toHaveLength(1);
  });

  it('changes the default and removes methods, of its own customer only', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { id, methodId } = await payer(stripe);
    const other = await payer(stripe);
    const second = await stripe.paymentMethods.attach('pm_card_mastercard', { customer: id });
    const { url } = await stripe.billingPortal.sessions.create({ customer: id });
    await post(url, { default: second.id });
    expect(await defaultOf(stripe, id)).toBe(second.id);
    await post(url, { remove: methodId });
    expect((await stripe.customers.listPaymentMethods(id)).data.map((method) => method.id)).toEqual([
      second.id,
    ]);
    expect((await post(url, { remove: other.methodId })).status).toBe(400);
    expect((await post(url, { default: other.methodId })).status).toBe(400);
    expect((await stripe.customers.listPaymentMethods(other.id)).data).toHaveLength(1);
  });

  it('changes nothing when its configuration does not allow it, and returns where its flow says', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { id, methodId } = await payer(stripe);
    const configuration = await stripe.billingPortal.configurations.create({
      features: { invoice_history: { enabled: true } },
    });
    const closed = await stripe.billingPortal.sessions.create({
      customer: id,
      configuration: configuration.id,
    });
    expect(await (await fetch(closed.url)).text()).not.toContain('<form');
    expect((await post(closed.url, { remove: methodId })).status).toBe(400);
    const flow = await stripe.billingPortal.sessions.create({
      customer: id,
      flow_data: {
        type: 'payment_method_update',
        after_completion: { type: 'redirect', redirect: { return_url: 'https://shop.example/thanks' } },
      },
    });
    expect((await fetch(flow.url)).headers.get('content-security-policy')).toContain(
      "form-action 'self' https://shop.example;",
    );
    const added = await post(flow.url, { add: 'yes' });
    expect(added.headers.get('location')).toBe('https://shop.example/thanks');
  });
});
