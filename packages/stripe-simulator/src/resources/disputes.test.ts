import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { connect, DAY_MS, errorOf } from '../testing/connect.ts';
import { eventTypes, idOf, pay } from '../testing/payments.ts';

async function disputed(stripe: Stripe, alias = 'pm_card_createDispute') {
  const intent = await pay(stripe, alias);
  const { data } = await stripe.disputes.list({ payment_intent: intent.id });
  const [dispute] = data;
  if (dispute === undefined) throw new Error('There is no dispute.');
  return { intent, dispute };
}

const disputeEvents = async (stripe: Stripe) =>
  (await eventTypes(stripe)).filter((type) => type.startsWith('charge.dispute.'));

describe('disputes', () => {
  it('open after the payment and take the money and a fee', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { intent, dispute } = await disputed(stripe);
    expect(dispute).toMatchObject({
      status: 'needs_response',
      reason: 'fraudulent',
      amount: 2_000,
      is_charge_refundable: false,
      charge: intent.latest_charge,
      payment_intent: intent.id,
      evidence_details: { has_evidence: false, submission_count: 0, past_due: false },
      balance_transactions: [{ amount: -2_000, fee: 1_500, type: 'adjustment' }],
    });
    expect((await stripe.charges.retrieve(idOf(intent.latest_charge))).disputed).toBe(true);
    expect((await errorOf(stripe.refunds.create({ payment_intent: intent.id }))).code).toBe(
      'charge_disputed',
    );
    expect(await eventTypes(stripe)).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
      'charge.dispute.created',
      'charge.dispute.funds_withdrawn',
    ]);
  });

  it('are won with winning evidence: the money comes back, and both reinstated and closed are told', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { dispute } = await disputed(stripe);
    const submitted = await stripe.disputes.update(dispute.id, {
      evidence: { uncategorized_text: 'winning_evidence' },
    });
    expect(submitted).toMatchObject({
      status: 'under_review',
      evidence_details: { has_evidence: true, submission_count: 1 },
    });
    await sim.advance(0);
    const won = await stripe.disputes.retrieve(dispute.id);
    expect(won.status).toBe('won');
    expect(won.balance_transactions.map(({ amount }) => amount)).toEqual([-2_000, 2_000]);
    expect(await disputeEvents(stripe)).toEqual([
      'charge.dispute.created',
      'charge.dispute.funds_withdrawn',
      'charge.dispute.updated',
      'charge.dispute.funds_reinstated',
      'charge.dispute.closed',
    ]);
  });

  it('are lost with losing evidence, by closing them, and by saying nothing until the deadline', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const told = await disputed(stripe);
    const accepted = await disputed(stripe);
    const silent = await disputed(stripe);
    await stripe.disputes.update(told.dispute.id, { evidence: { uncategorized_text: 'losing_evidence' } });
    expect((await stripe.disputes.close(accepted.dispute.id)).status).toBe('lost');
    expect((await stripe.disputes.retrieve(silent.dispute.id)).status).toBe('needs_response');
    await sim.advance(9 * DAY_MS);
    for (const { dispute } of [told, accepted, silent]) {
      const ended = await stripe.disputes.retrieve(dispute.id);
      expect(ended.status).toBe('lost');
      expect(ended.balance_transactions).toHaveLength(1);
    }
    expect((await errorOf(stripe.disputes.close(told.dispute.id))).statusCode).toBe(400);
    const late = stripe.disputes.update(told.dispute.id, { evidence: { uncategorized_text: 'x' } });
    expect((await errorOf(late)).statusCode).toBe(400);
    const closed = (await disputeEvents(stripe)).filter((type) => type === 'charge.dispute.closed');
    expect(closed).toHaveLength(3);
  });

  it('keep evidence that is only staged, and stay open', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { dispute } = await disputed(stripe, 'pm_card_createDisputeProductNotReceived');
    expect(dispute.reason).toBe('product_not_received');
    const staged = await stripe.disputes.update(dispute.id, {
      evidence: { uncategorized_text: 'winning_evidence', customer_name: 'Ada' },
      submit: false,
    });
    expect(staged).toMatchObject({ status: 'needs_response', evidence: { customer_name: 'Ada' } });
    await sim.advance(DAY_MS);
    expect((await stripe.disputes.retrieve(dispute.id)).status).toBe('needs_response');
  });

  it('of any other evidence are decided against the merchant after the review', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { dispute } = await disputed(stripe);
    await stripe.disputes.update(dispute.id, { evidence: { product_description: 'Credits' } });
    await sim.advance(74 * DAY_MS);
    expect((await stripe.disputes.retrieve(dispute.id)).status).toBe('under_review');
    await sim.advance(DAY_MS);
    expect((await stripe.disputes.retrieve(dispute.id)).status).toBe('lost');
  });

  it('that are inquiries move no money, can be refunded, and close then', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { intent, dispute } = await disputed(stripe, 'pm_card_createDisputeInquiry');
    expect(dispute).toMatchObject({
      status: 'warning_needs_response',
      is_charge_refundable: true,
      balance_transactions: [],
      payment_method_details: { card: { case_type: 'inquiry' } },
    });
    await stripe.refunds.create({ payment_intent: intent.id });
    expect((await stripe.disputes.retrieve(dispute.id)).status).toBe('warning_closed');
    expect(await disputeEvents(stripe)).toEqual(['charge.dispute.created', 'charge.dispute.closed']);
  });

  it('that are inquiries close by themselves, close when answered well, and escalate when answered badly', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const silent = await disputed(stripe, 'pm_card_createDisputeInquiry');
    const well = await disputed(stripe, 'pm_card_createDisputeInquiry');
    const badly = await disputed(stripe, 'pm_card_createDisputeInquiry');
    const answer = (id: string, uncategorized_text: string) =>
      stripe.disputes.update(id, { evidence: { uncategorized_text } });
    expect((await answer(well.dispute.id, 'winning_evidence')).status).toBe('warning_under_review');
    await answer(badly.dispute.id, 'escalate_inquiry_evidence');
    expect((await stripe.disputes.retrieve(well.dispute.id)).status).toBe('warning_closed');
    expect(await stripe.disputes.retrieve(badly.dispute.id)).toMatchObject({
      status: 'needs_response',
      balance_transactions: [{ amount: -2_000 }],
    });
    expect((await disputeEvents(stripe)).at(-1)).toBe('charge.dispute.funds_withdrawn');
    await sim.advance(120 * DAY_MS);
    expect((await stripe.disputes.retrieve(silent.dispute.id)).status).toBe('warning_closed');
    expect((await stripe.disputes.retrieve(badly.dispute.id)).status).toBe('lost');
  });

  it('take only what has not been refunded, and do not open when all was', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { intent, dispute } = await disputed(stripe, 'pm_card_createDisputeInquiry');
    await stripe.refunds.create({ payment_intent: intent.id, amount: 1_500 });
    await stripe.disputes.update(dispute.id, {
      evidence: { uncategorized_text: 'escalate_inquiry_evidence' },
    });
    expect(await stripe.disputes.retrieve(dispute.id)).toMatchObject({
      status: 'needs_response',
      amount: 500,
      balance_transactions: [{ amount: -500 }],
    });
    sim.assumptions.disputeOpensAfterMs = 60_000;
    const [partly, wholly] = [
      await pay(stripe, 'pm_card_createDispute'),
      await pay(stripe, 'pm_card_createDispute'),
    ];
    await stripe.refunds.create({ payment_intent: partly.id, amount: 700 });
    await stripe.refunds.create({ payment_intent: wholly.id });
    await sim.advance(60_000);
    const of = async (payment_intent: string) => (await stripe.disputes.list({ payment_intent })).data;
    expect(await of(partly.id)).toMatchObject([
      { amount: 1_300, balance_transactions: [{ amount: -1_300 }] },
    ]);
    expect(await of(wholly.id)).toEqual([]);
  });
});
