import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connect, errorOf } from '../testing/connect.ts';
import { eventTypes, idOf, pay } from '../testing/payments.ts';

describe('refunds', () => {
  it('give a charge back in parts until nothing is left', async () => {
    await using server = await connect();
    const { stripe } = server;
    const intent = await pay(stripe, 'pm_card_visa');
    const first = await stripe.refunds.create({
      payment_intent: intent.id,
      amount: 500,
      metadata: { a: 'b' },
    });
    expect(first).toMatchObject({
      status: 'succeeded',
      amount: 500,
      charge: intent.latest_charge,
      metadata: { a: 'b' },
      destination_details: { type: 'card', card: { type: 'refund' } },
    });
    const tooMuch = await errorOf(stripe.refunds.create({ payment_intent: intent.id, amount: 1_501 }));
    expect(tooMuch).toMatchObject({
      param: 'amount',
      message: 'Refund amount ($15.01) is greater than unrefunded amount on charge ($15.00)',
    });
    const second = await stripe.refunds.create({ charge: idOf(intent.latest_charge), reason: 'duplicate' });
    expect(second.amount).toBe(1_500);
    const charge = await stripe.charges.retrieve(idOf(intent.latest_charge), { expand: ['refunds'] });
    expect(charge).toMatchObject({ refunded: true, amount_refunded: 2_000, status: 'succeeded' });
    expect(charge.refunds?.data.map(({ id }) => id)).toEqual([second.id, first.id]);
    expect((await stripe.refunds.list({ payment_intent: intent.id })).data).toHaveLength(2);
    const none = await errorOf(stripe.refunds.create({ payment_intent: intent.id }));
    expect(none.code).toBe('charge_already_refunded');
    expect((await eventTypes(stripe)).slice(3)).toEqual([
      'refund.created',
      'charge.refunded',
      'refund.created',
      'charge.refunded',
    ]);
    const [last, earlier] = (await stripe.events.list({ types: ['charge.refunded'] })).data;
    expect(earlier?.data.previous_attributes).toEqual({ amount_refunded: 0 });
    expect(last?.data.previous_attributes).toEqual({ amount_refunded: 500, refunded: false });
  });

  it('of the card for it begin pending and succeed later', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const intent = await pay(stripe, 'pm_card_pendingRefund');
    const refund = await stripe.refunds.create({ payment_intent: intent.id });
    expect(refund).toMatchObject({ status: 'pending', pending_reason: 'processing' });
    await sim.advance(60_000);
    expect((await stripe.refunds.retrieve(refund.id)).status).toBe('succeeded');
    expect((await eventTypes(stripe)).slice(-2)).toEqual(['refund.updated', 'charge.refund.updated']);
  });

  it('of the card for it fail later, and the charge counts as not refunded again', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const intent = await pay(stripe, 'pm_card_refundFail');
    const refund = await stripe.refunds.create({ payment_intent: intent.id });
    expect(refund.status).toBe('succeeded');
    expect((await stripe.charges.retrieve(idOf(intent.latest_charge))).refunded).toBe(true);
    await sim.advance(60_000);
    expect(await stripe.refunds.retrieve(refund.id)).toMatchObject({
      status: 'failed',
      failure_reason: 'unknown',
      failure_balance_transaction: expect.stringMatching(/^txn_/),
    });
    expect(await stripe.charges.retrieve(idOf(intent.latest_charge))).toMatchObject({
      refunded: false,
      amount_refunded: 0,
    });
    expect((await eventTypes(stripe)).slice(-3)).toEqual([
      'refund.updated',
      'charge.refund.updated',
      'refund.failed',
    ]);
    const { data } = await stripe.balanceTransactions.list({ source: refund.id });
    expect(data.reduce((sum, { amount }) => sum + amount, 0)).toBe(0);
    expect(data).toHaveLength(2);
  });

  it('can be canceled while pending only', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const intent = await pay(stripe, 'pm_usBankAccount_success');
    expect((await errorOf(stripe.refunds.create({ charge: idOf(intent.latest_charge) }))).statusCode).toBe(
      400,
    );
    await sim.advance(180_000);
    const refund = await stripe.refunds.create({ payment_intent: intent.id });
    expect(refund.status).toBe('pending');
    expect((await stripe.refunds.cancel(refund.id)).status).toBe('canceled');
    expect((await stripe.charges.retrieve(idOf(intent.latest_charge))).amount_refunded).toBe(0);
    expect((await errorOf(stripe.refunds.cancel(refund.id))).statusCode).toBe(400);
    await sim.advance(60_000);
    expect((await stripe.refunds.retrieve(refund.id)).status).toBe('canceled');
  });

  it('need a charge that was paid', async () => {
    await using server = await connect();
    const { stripe } = server;
    expect((await errorOf(stripe.refunds.create({}))).statusCode).toBe(400);
    const open = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' });
    expect((await errorOf(stripe.refunds.create({ payment_intent: open.id }))).statusCode).toBe(400);
    expect((await errorOf(stripe.refunds.create({ charge: 'ch_x' }))).code).toBe('resource_missing');
  });

  it('never give back more than was paid, whatever is asked for and however the refunds end', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const step = fc.record({ amount: fc.integer({ min: 1, max: 1_200 }), waits: fc.boolean() });
    const card = fc.constantFrom('pm_card_visa', 'pm_card_pendingRefund', 'pm_card_refundFail');
    const check = async (alias: string, steps: Array<{ amount: number; waits: boolean }>) => {
      const intent = await pay(stripe, alias);
      const charge = () => stripe.charges.retrieve(idOf(intent.latest_charge));
      for (const { amount, waits } of steps) {
        const left = 2_000 - (await charge()).amount_refunded;
        const made = stripe.refunds.create({ payment_intent: intent.id, amount });
        if (amount <= left) await made;
        else expect((await errorOf(made)).statusCode).toBe(400);
        if (waits) await sim.advance(60_000);
      }
      const { data } = await stripe.refunds.list({ payment_intent: intent.id, limit: 100 });
      const counted = data.filter(({ status }) => status === 'succeeded' || status === 'pending');
      const givenBack = counted.reduce((sum, { amount }) => sum + amount, 0);
      const after = await charge();
      expect([after.amount_refunded, after.refunded]).toEqual([givenBack, givenBack === 2_000]);
      expect(givenBack).toBeLessThanOrEqual(2_000);
    };
    await fc.assert(fc.asyncProperty(card, fc.array(step, { maxLength: 6 }), check), { numRuns: 25 });
  });
});
