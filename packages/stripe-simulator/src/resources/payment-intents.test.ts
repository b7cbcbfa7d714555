import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { connect, errorOf, START_SEC } from '../testing/connect.ts';
import { eventTypes, idOf, pay, payer } from '../testing/payments.ts';

const OFF_SESSION = { off_session: true, error_on_requires_action: true } as const;

describe('payment intents', () => {
  it('take a card at once, with a charge, a booking and events in order', async () => {
    await using server = await connect();
    const { stripe } = server;
    const intent = await pay(stripe, 'pm_card_visa', { metadata: { topup_id: 't1' } });
    expect(intent).toMatchObject({ status: 'succeeded', amount_received: 2_000, amount_capturable: 0 });
    const read = await stripe.paymentIntents.retrieve(intent.id, {
      expand: ['latest_charge.balance_transaction', 'payment_method'],
    });
    expect(read).toMatchObject({
      payment_method: { object: 'payment_method', card: { brand: 'visa', last4: '4242' } },
      latest_charge: {
        status: 'succeeded',
        paid: true,
        captured: true,
        metadata: { topup_id: 't1' },
        balance_transaction: { amount: 2_000, fee: 88, net: 1_912, type: 'charge' },
      },
    });
    expect(await eventTypes(stripe)).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
    ]);
  });

  it('wait for a method and for their confirmation, and can be changed meanwhile', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { id, status } = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' });
    expect(status).toBe('requires_payment_method');
    expect((await errorOf(stripe.paymentIntents.confirm(id, { return_url: 'https://a.example' }))).code).toBe(
      'payment_intent_unexpected_state',
    );
    const changed = await stripe.paymentIntents.update(id, {
      amount: 700,
      payment_method: 'pm_card_mastercard',
      metadata: { a: 'b' },
    });
    expect(changed).toMatchObject({ status: 'requires_confirmation', amount: 700, metadata: { a: 'b' } });
    const paid = await stripe.paymentIntents.confirm(id, { return_url: 'https://a.example' });
    expect(paid).toMatchObject({ status: 'succeeded', amount_received: 700 });
    const again = await errorOf(stripe.paymentIntents.confirm(id, { return_url: 'https://a.example' }));
    expect(again).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
    expect((await errorOf(stripe.paymentIntents.update(id, { amount: 900 }))).statusCode).toBe(400);
    expect((await stripe.charges.list({ payment_intent: id })).data).toHaveLength(1);
  });

  it.each([
    ['pm_card_chargeCustomerFail', 'card_declined', 'generic_decline'],
    ['pm_card_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', 'expired_card'],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error', 'processing_error'],
  ])('answer 402 with the intent when %s is declined', async (alias, code, declineCode) => {
    await using server = await connect();
    const { stripe } = server;
    const error = await errorOf(pay(stripe, alias));
    expect(error).toBeInstanceOf(Stripe.errors.StripeCardError);
    expect(error).toMatchObject({ statusCode: 402, code, decline_code: declineCode });
    const left = await stripe.paymentIntents.retrieve(error.payment_intent?.id ?? '', {
      expand: ['latest_charge'],
    });
    expect(left).toMatchObject({
      status: 'requires_payment_method',
      payment_method: null,
      amount_received: 0,
      last_payment_error: { code, decline_code: declineCode, payment_method: { type: 'card' } },
      latest_charge: { status: 'failed', paid: false, failure_code: code },
    });
    expect(await eventTypes(stripe)).toEqual([
      'payment_intent.created',
      'charge.failed',
      'payment_intent.payment_failed',
    ]);
  });

  it('replay a decline under the same idempotency key without charging again', async () => {
    await using server = await connect();
    const { stripe } = server;
    const call = () =>
      stripe.paymentIntents.create(
        {
          amount: 2_000,
          currency: 'usd',
          payment_method: 'pm_card_chargeCustomerFail',
          confirm: true,
          off_session: true,
        },
        { idempotencyKey: 'once' },
      );
    const first = await errorOf(call());
    const second = await errorOf(call());
    expect(second.payment_intent?.id).toBe(first.payment_intent?.id);
    expect((await stripe.charges.list()).data).toHaveLength(1);
  });

  it('off session, decline what needs authentication, and stay open for another try', async () => {
    await using server = await connect();
    const { stripe } = server;
    const customer = await payer(stripe, 'pm_card_authenticationRequired');
    const error = await errorOf(pay(stripe, customer.methodId, { customer: customer.id, off_session: true }));
    expect(error).toMatchObject({
      statusCode: 402,
      code: 'authentication_required',
      decline_code: 'authentication_required',
    });
    const id = error.payment_intent?.id ?? '';
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({
      status: 'requires_payment_method',
      next_action: null,
    });
    const again = await stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' });
    expect(again.status).toBe('succeeded');
  });

  it('fail instead of asking for an action when told to, without a charge', async () => {
    await using server = await connect();
    const error = await errorOf(
      pay(server.stripe, 'pm_card_authenticationRequired', { error_on_requires_action: true }),
    );
    expect(error).toMatchObject({
      statusCode: 402,
      code: 'authentication_required',
      decline_code: 'authentication_not_handled',
      payment_intent: { status: 'requires_payment_method', latest_charge: null },
    });
  });

  it('let a card that was set up be charged off session, and decline it before', async () => {
    await using server = await connect();
    const { stripe } = server;
    const customer = await payer(stripe, 'pm_card_authenticationRequiredOnSetup');
    const charge = () => pay(stripe, customer.methodId, { customer: customer.id, ...OFF_SESSION });
    expect((await errorOf(charge())).code).toBe('authentication_required');
    const setup = await stripe.setupIntents.create({
      customer: customer.id,
      payment_method: customer.methodId,
      confirm: true,
      return_url: 'https://shop.example/',
    });
    expect(setup.status).toBe('requires_action');
    const url = setup.next_action?.redirect_to_url?.url ?? '';
    await fetch(url, {
      method: 'POST',
      body: new URLSearchParams({ result: 'complete' }),
      redirect: 'manual',
    });
    expect((await charge()).status).toBe('succeeded');
  });

  it('set a card up for off session payments by an authenticated payment that asks for it', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { id: customer } = await stripe.customers.create({});
    const first = await pay(stripe, 'pm_card_authenticationRequiredOnSetup', {
      customer,
      setup_future_usage: 'off_session',
    });
    expect(first.status).toBe('requires_action');
    await fetch(`${sim.url}/c/authenticate/${first.id}`, {
      method: 'POST',
      body: new URLSearchParams({ result: 'complete' }),
    });
    const [saved] = (await stripe.customers.listPaymentMethods(customer)).data;
    const second = await pay(stripe, saved?.id ?? '', { customer, ...OFF_SESSION });
    expect(second.status).toBe('succeeded');
  });

  it('send a bank debit on its way, and tell later how it ended', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const good = await pay(stripe, 'pm_usBankAccount_success');
    const bad = await pay(stripe, 'pm_usBankAccount_insufficientFunds');
    expect([good.status, bad.status]).toEqual(['processing', 'processing']);
    expect((await stripe.charges.retrieve(idOf(good.latest_charge))).status).toBe('pending');
    await sim.advance(180_000);
    expect((await stripe.paymentIntents.retrieve(good.id)).status).toBe('succeeded');
    expect(await stripe.paymentIntents.retrieve(bad.id)).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'insufficient_funds' },
    });
    expect(await eventTypes(stripe)).toEqual([
      'payment_intent.created',
      'charge.pending',
      'payment_intent.processing',
      'payment_intent.created',
      'charge.pending',
      'payment_intent.processing',
      'charge.succeeded',
      'payment_intent.succeeded',
      'charge.failed',
      'payment_intent.payment_failed',
    ]);
  });

  it('reserve money first and capture a part of it', async () => {
    await using server = await connect();
    const { stripe } = server;
    const intent = await pay(stripe, 'pm_card_visa', { capture_method: 'manual' });
    expect(intent).toMatchObject({
      status: 'requires_capture',
      amount_capturable: 2_000,
      amount_received: 0,
    });
    expect((await errorOf(stripe.paymentIntents.capture(intent.id, { amount_to_capture: 2_001 }))).code).toBe(
      'amount_too_large',
    );
    const captured = await stripe.paymentIntents.capture(intent.id, { amount_to_capture: 1_500 });
    expect(captured).toMatchObject({ status: 'succeeded', amount_received: 1_500, amount_capturable: 0 });
    expect((await errorOf(stripe.paymentIntents.capture(intent.id))).statusCode).toBe(400);
  });

  it('can be canceled until they are paid; a reservation is then released', async () => {
    await using server = await connect();
    const { stripe } = server;
    const open = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' });
    expect(await stripe.paymentIntents.cancel(open.id, { cancellation_reason: 'abandoned' })).toMatchObject({
      status: 'canceled',
      canceled_at: START_SEC,
      cancellation_reason: 'abandoned',
    });
    const reserved = await pay(stripe, 'pm_card_visa', { capture_method: 'manual' });
    await stripe.paymentIntents.cancel(reserved.id);
    expect(await stripe.charges.retrieve(idOf(reserved.latest_charge))).toMatchObject({
      refunded: true,
      amount_refunded: 2_000,
      captured: false,
    });
    const paid = await pay(stripe, 'pm_card_visa');
    const error = await errorOf(stripe.paymentIntents.cancel(paid.id));
    expect(error).toMatchObject({ code: 'payment_intent_unexpected_state', payment_intent: { id: paid.id } });
    expect(await eventTypes(stripe)).toContain('payment_intent.canceled');
  });

  it('list newest first, filtered by customer', async () => {
    await using server = await connect();
    const { stripe } = server;
    const customer = await payer(stripe);
    const first = await pay(stripe, customer.methodId, { customer: customer.id, ...OFF_SESSION });
    const second = await pay(stripe, customer.methodId, { customer: customer.id, ...OFF_SESSION });
    await pay(stripe, 'pm_card_visa');
    const listed = await stripe.paymentIntents.list({ customer: customer.id });
    expect(listed.data.map(({ id }) => id)).toEqual([second.id, first.id]);
    expect((await stripe.charges.list({ customer: customer.id })).data).toHaveLength(2);
  });

  it.each<[string, Partial<Stripe.PaymentIntentCreateParams>, string | undefined, string]>([
    ['an amount below the minimum charge', { amount: 49 }, 'amount_too_small', 'amount'],
    ['an amount below another minimum charge', { amount: 29, currency: 'gbp' }, 'amount_too_small', 'amount'],
    ['more than eight digits', { amount: 100_000_000 }, 'amount_too_large', 'amount'],
    ['less than nothing', { amount: -500 }, 'parameter_invalid_integer', 'amount'],
    ['an unknown customer', { customer: 'cus_x' }, 'resource_missing', 'customer'],
    ['an unknown method', { payment_method: 'pm_x' }, 'resource_missing', 'payment_method'],
    ['no address to return to', { automatic_payment_methods: { enabled: true } }, undefined, 'return_url'],
    ['off_session without confirm', { confirm: false, off_session: true }, undefined, 'off_session'],
  ])('refuse %s and leave nothing behind', async (_name, more, code, param) => {
    await using server = await connect();
    const error = await errorOf(pay(server.stripe, 'pm_card_visa', more));
    expect(error).toMatchObject({ statusCode: 400, param });
    expect(error.code).toBe(code);
    expect((await server.stripe.paymentIntents.list()).data).toEqual([]);
  });
});
