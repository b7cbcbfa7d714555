import { describe, expect, it } from 'vitest';
import { connect } from '../testing/connect.ts';

describe('the shipping of a payment', () => {
  it('is shown on the intent and its charge, and can be changed and taken back on the intent', async () => {
    await using server = await connect();
    const { stripe } = server;
    const address = { line1: '510 Townsend St', city: 'San Francisco', country: 'US' };
    const intent = await stripe.paymentIntents.create({
      amount: 2_000,
      currency: 'usd',
      payment_method: 'pm_card_visa',
      confirm: true,
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      shipping: { name: 'Jenny', address, carrier: 'Fedex' },
      expand: ['latest_charge'],
    });
    const shown = {
      name: 'Jenny',
      address: { ...address, line2: null, postal_code: null, state: null },
      carrier: 'Fedex',
      phone: null,
      tracking_number: null,
    };
    expect(intent.shipping).toEqual(shown);
    expect(intent.latest_charge).toMatchObject({ shipping: shown });
    const moved = await stripe.paymentIntents.update(intent.id, { shipping: { name: 'Ada', address } });
    expect(moved.shipping).toMatchObject({ name: 'Ada', carrier: null });
    expect((await stripe.paymentIntents.update(intent.id, { shipping: '' })).shipping).toBeNull();
  });
});
