import { describe, expect, it } from 'vitest';
import { connect, errorOf } from '../testing/connect.ts';
import { eventTypes, pay, payer } from '../testing/payments.ts';

describe('payment methods', () => {
  it('are made of test numbers, tokens and bank accounts', async () => {
    await using server = await connect();
    const { stripe } = server;
    const byToken = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } });
    const byNumber = await stripe.paymentMethods.create({
      type: 'card',
      card: { number: '5555 5555 5555 4444', exp_month: 3, exp_year: 2031, cvc: '314' },
      billing_details: { name: 'Ada', address: { country: 'US' } },
      metadata: { a: 'b' },
    });
    const bank = await stripe.paymentMethods.create({
      type: 'us_bank_account',
      us_bank_account: {
        account_number: '000123456789',
        routing_number: '110000000',
        account_holder_type: 'company',
      },
    });
    const debit = await stripe.paymentMethods.create({
      type: 'sepa_debit',
      sepa_debit: { iban: 'AT611904300234573201' },
    });
    expect(byToken).toMatchObject({ type: 'card', customer: null, card: { last4: '4242', brand: 'visa' } });
    expect(byNumber).toMatchObject({
      card: { last4: '4444', brand: 'mastercard', exp_month: 3, exp_year: 2031 },
      billing_details: { name: 'Ada', address: { country: 'US', city: null } },
      metadata: { a: 'b' },
    });
    expect(bank).toMatchObject({
      us_bank_account: { last4: '6789', account_holder_type: 'company', routing_number: '110000000' },
    });
    expect(debit).toMatchObject({ sepa_debit: { country: 'AT', last4: '3201' } });
    expect(byToken.card?.fingerprint).not.toBe(byNumber.card?.fingerprint);
    const unknown = stripe.paymentMethods.create({ type: 'card', card: { number: '4111111111111112' } });
    expect((await errorOf(unknown)).statusCode).toBe(501);
  });

  it('belong to one customer from attaching to detaching, and to nobody afterwards', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { id: customer, methodId } = await payer(stripe);
    const other = await stripe.customers.create({});
    const second = await stripe.paymentMethods.attach('pm_card_mastercard', { customer });
    expect((await stripe.customers.listPaymentMethods(customer)).data.map(({ id }) => id)).toEqual([
      second.id,
      methodId,
    ]);
    expect((await stripe.paymentMethods.list({ customer, type: 'sepa_debit' })).data).toEqual([]);
    expect((await stripe.customers.retrievePaymentMethod(customer, methodId)).customer).toBe(customer);
    expect((await errorOf(stripe.paymentMethods.attach(methodId, { customer: other.id }))).statusCode).toBe(
      400,
    );
    expect((await stripe.paymentMethods.detach(methodId)).customer).toBeNull();
    const left = await stripe.customers.retrieve(customer);
    expect(left).toMatchObject({ invoice_settings: { default_payment_method: null } });
    const again = await errorOf(stripe.paymentMethods.attach(methodId, { customer }));
    expect(again.message).toContain('may not be used again');
    const types = await eventTypes(stripe);
    expect(types.filter((type) => type.startsWith('payment_method.'))).toEqual([
      'payment_method.attached',
      'payment_method.attached',
      'payment_method.detached',
    ]);
  });

  it('refuse to attach a card that is always declined, and attach one that only fails when charged', async () => {
    await using server = await connect();
    const { stripe } = server;
    const customer = await stripe.customers.create({});
    const error = await errorOf(
      stripe.paymentMethods.attach('pm_card_chargeDeclined', { customer: customer.id }),
    );
    expect(error).toMatchObject({ statusCode: 402, code: 'card_declined', decline_code: 'generic_decline' });
    expect((await stripe.customers.listPaymentMethods(customer.id)).data).toEqual([]);
    const attached = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', {
      customer: customer.id,
    });
    expect(attached.customer).toBe(customer.id);
  });

  it('of nobody pay once only', async () => {
    await using server = await connect();
    const { stripe } = server;
    const method = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } });
    await pay(stripe, method.id);
    expect((await errorOf(pay(stripe, method.id))).message).toContain('may not be used again');
  });

  it('are saved by a payment with setup_future_usage', async () => {
    await using server = await connect();
    const { stripe } = server;
    const customer = await stripe.customers.create({});
    const paid = await pay(stripe, 'pm_card_visa', {
      customer: customer.id,
      setup_future_usage: 'off_session',
    });
    const saved = await stripe.customers.listPaymentMethods(customer.id);
    expect(saved.data.map(({ id }) => id)).toEqual([paid.payment_method]);
    expect(await eventTypes(stripe)).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_method.attached',
      'payment_intent.succeeded',
    ]);
  });

  it('of one customer cannot pay for another, or without naming the customer', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { methodId } = await payer(stripe);
    const other = await stripe.customers.create({});
    for (const more of [{}, { customer: other.id }]) {
      const error = await errorOf(pay(stripe, methodId, more));
      expect(error).toMatchObject({ statusCode: 400, param: 'payment_method' });
    }
  });

  it('change their billing details and metadata while a customer has them', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { methodId } = await payer(stripe);
    const changed = await stripe.paymentMethods.update(methodId, {
      billing_details: { name: 'Grace' },
      card: { exp_month: 1, exp_year: 2033 },
      allow_redisplay: 'always',
    });
    expect(changed).toMatchObject({
      billing_details: { name: 'Grace' },
      card: { exp_month: 1, exp_year: 2033 },
      allow_redisplay: 'always',
    });
    expect(await eventTypes(stripe)).toContain('payment_method.updated');
  });
});
