import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { bodyOf, connect, DAY_MS, errorOf } from '../testing/connect.ts';
import { eventTypes, idOf, pay, payer } from '../testing/payments.ts';

const order: Stripe.Checkout.SessionCreateParams = {
  mode: 'payment',
  line_items: [{ price_data: { currency: 'usd', unit_amount: 2_000, product_data: { name: 'Credits' } } }],
};
const hosted = { ...order, success_url: 'https://shop.example/done' };
const last = async (stripe: Stripe, count: number) => (await eventTypes(stripe)).slice(-count);

describe('a payer', () => {
  it('pays a session that is embedded, hosted, or gone', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const embedded = await stripe.checkout.sessions.create({
      ...order,
      ui_mode: 'embedded_page',
      redirect_on_completion: 'never',
    });
    expect(embedded.client_secret).toMatch(/^cs_test_\w+_secret_\w+$/);
    expect(sim.payments.paySession(embedded.id)).toMatchObject({ status: 'complete', paymentStatus: 'paid' });
    const twice = sim.payments.paySession(embedded.id);
    expect(twice).toMatchObject({ status: 'complete', paymentStatus: 'paid' });
    expect((await stripe.charges.list()).data).toHaveLength(1);
    const { id } = await stripe.checkout.sessions.create(hosted);
    const debit = sim.payments.paySession(id, { method: 'pm_usBankAccount_success' });
    expect(debit).toMatchObject({ paymentStatus: 'unpaid', intentStatus: 'processing' });
    const gone = await stripe.checkout.sessions.create(hosted);
    await stripe.checkout.sessions.expire(gone.id);
    expect(() => sim.payments.paySession(gone.id)).toThrow('has expired');
    expect(() => sim.payments.paySession('cs_x')).toThrow("There is no Checkout Session 'cs_x'.");
  });

  it('saves a card to the customer, to be shown again or to be charged alone', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const customer = await stripe.customers.create({});
    const saved = async (more: Partial<Stripe.Checkout.SessionCreateParams>, save: boolean) => {
      const { id } = await stripe.checkout.sessions.create({ ...hosted, customer: customer.id, ...more });
      sim.payments.paySession(id, { save });
      return (await stripe.customers.listPaymentMethods(customer.id)).data[0];
    };
    const shown = await saved({ saved_payment_method_options: { payment_method_save: 'enabled' } }, true);
    expect(shown).toMatchObject({ customer: customer.id, allow_redisplay: 'always' });
    const alone = await saved({ payment_intent_data: { setup_future_usage: 'off_session' } }, false);
    expect(alone).toMatchObject({ customer: customer.id, allow_redisplay: 'limited' });
    await stripe.customers.update(customer.id, {
      invoice_settings: { default_payment_method: alone?.id ?? '' },
    });
    const expanded = await stripe.customers.retrieve(customer.id, {
      expand: ['invoice_settings.default_payment_method'],
    });
    expect(expanded).toMatchObject({ invoice_settings: { default_payment_method: { id: alone?.id } } });
  });

  it('authenticates a payment that waits, once', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { id } = await stripe.checkout.sessions.create(hosted);
    const choose = () => sim.payments.paySession(id, { method: 'pm_card_authenticationRequired' });
    const waiting = choose();
    expect(waiting).toMatchObject({ status: 'open', intentStatus: 'requires_action' });
    const intent = waiting.paymentIntent ?? '';
    expect(sim.payments.authenticate(intent, false)).toEqual({ status: 'requires_payment_method' });
    expect(() => sim.payments.authenticate(intent)).toThrow('waits for no authentication');
    choose();
    expect(sim.payments.authenticate(intent)).toEqual({ status: 'succeeded' });
    expect((await stripe.checkout.sessions.retrieve(id)).payment_status).toBe('paid');
    expect(await last(stripe, 3)).toEqual([
      'charge.succeeded',
      'payment_intent.succeeded',
      'checkout.session.completed',
    ]);
  });
});

describe('a saved method', () => {
  it.each([
    ['pm_card_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', 'expired_card'],
    ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', 'incorrect_cvc'],
    ['pm_card_visa_chargeDeclinedVelocityLimitExceeded', 'card_declined', 'card_velocity_exceeded'],
    ['pm_card_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error', 'processing_error'],
    ['pm_card_visa_chargeDeclinedLostCard', 'card_declined', 'lost_card'],
    ['pm_card_visa_chargeDeclinedStolenCard', 'card_declined', 'stolen_card'],
    ['pm_card_chargeDeclinedFraudulent', 'card_declined', 'fraudulent'],
    ['pm_card_authenticationRequired', 'authentication_required', 'authentication_required'],
  ])('acts as %s off session: %s, %s', async (testMethod, code, declineCode) => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { id: customer, methodId } = await payer(stripe);
    const before = await stripe.paymentMethods.retrieve(methodId);
    sim.payments.actAs(methodId, testMethod);
    expect({ ...(await stripe.paymentMethods.retrieve(methodId)) }).toEqual({ ...before });
    const charge = () =>
      stripe.paymentIntents.create({
        amount: 2_000,
        currency: 'usd',
        customer,
        payment_method: methodId,
        confirm: true,
        off_session: true,
        error_on_requires_action: true,
        metadata: { topup_id: 't1' },
      });
    const error = await errorOf(charge());
    expect(error).toMatchObject({
      type: 'StripeCardError',
      statusCode: 402,
      code,
      decline_code: declineCode,
      payment_intent: { status: 'requires_payment_method', metadata: { topup_id: 't1' } },
    });
    const nowSec = Math.floor(sim.nowMs() / 1_000);
    const { data } = await stripe.paymentIntents.list({ customer, created: { gte: nowSec } });
    expect(data.map(({ id }) => id)).toEqual([error.payment_intent?.id]);
    expect((await stripe.paymentIntents.cancel(data[0]?.id ?? '')).status).toBe('canceled');
    sim.payments.actAs(methodId, null);
    const paid = await charge();
    const refused = await errorOf(stripe.paymentIntents.cancel(paid.id));
    expect(refused).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
  });
});

describe('a saved bank account', () => {
  it.each([
    ['pm_usBankAccount_success', 'succeeded', 'payment_intent.succeeded'],
    ['pm_usBankAccount_insufficientFunds', 'requires_payment_method', 'payment_intent.payment_failed'],
  ])('%s: is charged off session, on its way first, then %s', async (alias, status, event) => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { id: customer, methodId } = await payer(stripe, alias);
    const intent = await stripe.paymentIntents.create({
      amount: 2_000,
      currency: 'usd',
      customer,
      payment_method: methodId,
      confirm: true,
      off_session: true,
      error_on_requires_action: true,
    });
    expect(intent.status).toBe('processing');
    expect((await errorOf(stripe.paymentIntents.cancel(intent.id))).code).toBe(
      'payment_intent_unexpected_state',
    );
    await stripe.customers.del(customer);
    await sim.advance(sim.assumptions.bankDebitSettlesAfterMs);
    expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe(status);
    const types = await eventTypes(stripe);
    expect(types).toContain('payment_intent.processing');
    expect(types.at(-1)).toBe(event);
  });
});

describe('a bank', () => {
  it('disputes a charge in parts, never more than is left, and ends each on its own', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const intent = await pay(stripe, 'pm_card_visa');
    await stripe.refunds.create({ payment_intent: intent.id, amount: 500 });
    const first = sim.payments.openDispute(intent.id, { amountMinor: 600 });
    const second = sim.payments.openDispute(idOf(intent.latest_charge), { kind: 'product_not_received' });
    const { data } = await stripe.disputes.list({ payment_intent: intent.id });
    expect(data).toMatchObject([
      { id: second.id, amount: 900, balance_transactions: [{ amount: -900 }] },
      { id: first.id, amount: 600, balance_transactions: [{ amount: -600 }] },
    ]);
    expect(() => sim.payments.openDispute(intent.id)).toThrow('between 1 and 0');
    expect(sim.payments.decideDispute(first.id, 'won').status).toBe('won');
    expect(sim.payments.decideDispute(second.id, 'lost').status).toBe('lost');
    expect(() => sim.payments.decideDispute(second.id, 'won')).toThrow('already lost');
    expect((await stripe.disputes.retrieve(first.id)).balance_transactions).toHaveLength(2);
    expect(await last(stripe, 7)).toEqual([
      'charge.dispute.created',
      'charge.dispute.funds_withdrawn',
      'charge.dispute.created',
      'charge.dispute.funds_withdrawn',
      'charge.dispute.funds_reinstated',
      'charge.dispute.closed',
      'charge.dispute.closed',
    ]);
  });

  it('asks first, and takes the money when the inquiry escalates', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const intent = await pay(stripe, 'pm_card_visa');
    const inquiry = sim.payments.openDispute(intent.id, { kind: 'inquiry', amountMinor: 700 });
    expect(inquiry.status).toBe('warning_needs_response');
    await sim.advance(10 * DAY_MS);
    expect(sim.payments.decideDispute(inquiry.id, 'escalated').status).toBe('needs_response');
    expect(await stripe.disputes.retrieve(inquiry.id)).toMatchObject({
      amount: 700,
      balance_transactions: [{ amount: -700 }],
    });
    expect(() => sim.payments.decideDispute(inquiry.id, 'escalated')).toThrow('no inquiry');
    const harmless = sim.payments.openDispute(intent.id, { kind: 'inquiry' });
    expect(sim.payments.decideDispute(harmless.id, 'won').status).toBe('warning_closed');
  });

  it('prevents a dispute without moving money', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const intent = await pay(stripe, 'pm_card_visa');
    const { id } = sim.payments.openDispute(intent.id, { kind: 'prevented' });
    expect(await stripe.disputes.retrieve(id)).toMatchObject({
      status: 'prevented',
      balance_transactions: [],
      payment_method_details: { card: { case_type: 'block' } },
    });
    expect(await last(stripe, 2)).toEqual(['charge.dispute.created', 'charge.dispute.closed']);
    expect((await stripe.refunds.create({ payment_intent: intent.id })).status).toBe('succeeded');
  });

  it('sends a refund back that had succeeded: the charge counts as not refunded again', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const intent = await pay(stripe, 'pm_card_visa');
    const refund = await stripe.refunds.create({ payment_intent: intent.id, amount: 700 });
    const refunded = async () => {
      const { latest_charge } = await stripe.paymentIntents.retrieve(intent.id, {
        expand: ['latest_charge.refunds'],
      });
      if (latest_charge === null || typeof latest_charge === 'string') throw new Error('Not expanded.');
      return [latest_charge.amount_refunded, latest_charge.refunds?.data.map(({ status }) => status)];
    };
    expect(await refunded()).toEqual([700, ['succeeded']]);
    expect(sim.payments.failRefund(refund.id).status).toBe('failed');
    expect(await refunded()).toEqual([0, ['failed']]);
    expect(() => sim.payments.failRefund(refund.id)).toThrow('already failed');
    expect(await last(stripe, 3)).toEqual(['refund.updated', 'charge.refund.updated', 'refund.failed']);
  });
});

describe('the receipt of a charge', () => {
  it('can be read once it was paid, with what was given back', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const intent = await pay(stripe, 'pm_card_visa');
    await stripe.refunds.create({ payment_intent: intent.id, amount: 700 });
    const { receipt_url: url } = await stripe.charges.retrieve(idOf(intent.latest_charge));
    const markup = await (await fetch(url ?? '')).text();
    expect(markup).toContain('<th scope="row">Amount charged</th><td>$13.00</td>');
    await errorOf(pay(stripe, 'pm_card_chargeDeclined'));
    const [declined] = (await stripe.charges.list()).data;
    expect(declined?.receipt_url).toBeNull();
    expect((await fetch(`${sim.url}/receipts/${declined?.id}`)).status).toBe(404);
  });
});

describe('over HTTP', () => {
  it('all of it works the same, and what does not fit is a 400 in words', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const post = (path: string, body: object = {}) =>
      fetch(`${sim.url}/_simulator${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }).then(bodyOf);
    const { id } = await stripe.checkout.sessions.create(hosted);
    const method = { method: 'pm_card_authenticationRequired' };
    const waiting = await post(`/checkout/${id}/pay`, method);
    const intent = String(waiting.paymentIntent);
    expect(await post(`/payment-intents/${intent}/authenticate`)).toMatchObject({ status: 'succeeded' });
    const refund = await stripe.refunds.create({ payment_intent: intent, amount: 100 });
    expect(await post(`/refunds/${refund.id}/fail`)).toMatchObject({ status: 'failed' });
    const dispute = await post(`/charges/${intent}/dispute`, { kind: 'inquiry', amountMinor: 300 });
    expect(dispute).toMatchObject({ status: 'warning_needs_response' });
    const decided = await post(`/disputes/${String(dispute.id)}/decide`, { verdict: 'escalated' });
    expect(decided).toMatchObject({ status: 'needs_response' });
    const { methodId } = await payer(stripe);
    await post(`/payment-methods/${methodId}/act-as`, { testMethod: 'pm_card_chargeDeclined' });
    const again = await post(`/checkout/${id}/pay`, { promotionCode: 'NONE' });
    expect(again).toMatchObject({ status: 400, error: { message: expect.stringContaining('no promotion') } });
    expect((await post('/disputes/dp_x/decide', { verdict: 'won' })).error.message).toContain('dp_x');
    expect((await post(`/charges/${intent}/dispute`, { kind: 'odd' })).status).toBe(400);
  });
});
