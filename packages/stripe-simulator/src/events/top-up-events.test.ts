import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { connect, errorOf } from '../testing/connect.ts';
import { payer } from '../testing/payments.ts';

/** What a kit that sells credits has to hear of. */
const TOP_UP_TYPES = [
  'billing.credit_balance_transaction.created',
  'billing.credit_grant.created',
  'billing.credit_grant.updated',
  'charge.dispute.closed',
  'charge.dispute.created',
  'charge.dispute.funds_reinstated',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.updated',
  'charge.failed',
  'charge.pending',
  'charge.refund.updated',
  'charge.refunded',
  'charge.succeeded',
  'checkout.session.async_payment_failed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.completed',
  'checkout.session.expired',
  'customer.deleted',
  'invoice.paid',
  'payment_intent.canceled',
  'payment_intent.created',
  'payment_intent.payment_failed',
  'payment_intent.processing',
  'payment_intent.requires_action',
  'payment_intent.succeeded',
  'payment_method.attached',
  'refund.created',
  'refund.failed',
  'refund.updated',
] as const;

const order: Stripe.Checkout.SessionCreateParams = {
  mode: 'payment',
  success_url: 'https://shop.example/done',
  line_items: [{ price_data: { currency: 'usd', unit_amount: 2_000, product_data: { name: 'Credits' } } }],
};

describe('the events of top-ups', () => {
  it('are all made in the course of their lives, as snapshots and as thin events', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { id: customer } = await payer(stripe);
    const buy = async (more: object = {}, method = 'pm_card_visa') => {
      const { id } = await stripe.checkout.sessions.create({ ...order, customer, ...more });
      return { id, ...sim.payments.paySession(id, { method }) };
    };
    const bought = await buy({ invoice_creation: { enabled: true } });
    await buy({}, 'pm_usBankAccount_success');
    await buy({}, 'pm_usBankAccount_insufficientFunds');
    await buy({}, 'pm_card_authenticationRequired');
    const left = await buy({}, 'pm_card_chargeDeclined');
    await stripe.checkout.sessions.expire(left.id);
    await sim.advance(sim.assumptions.bankDebitSettlesAfterMs);
    const refund = await stripe.refunds.create({ payment_intent: bought.paymentIntent ?? '', amount: 500 });
    sim.payments.failRefund(refund.id);
    const dispute = sim.payments.openDispute(bought.paymentIntent ?? '');
    await stripe.disputes.update(dispute.id, { evidence: { uncategorized_text: 'winning_evidence' } });
    await sim.advance(1_000);
    const grant = await stripe.billing.creditGrants.create({
      customer,
      amount: { type: 'monetary', monetary: { currency: 'usd', value: 2_000 } },
      applicability_config: { scope: { price_type: 'metered' } },
    });
    await stripe.billing.creditGrants.voidGrant(grant.id);
    await stripe.customers.del(customer);
    const events = await stripe.events.list({ limit: 100 }).autoPagingToArray({ limit: 1_000 });
    const made = new Set<string>(events.map(({ type }) => type));
    expect(TOP_UP_TYPES.filter((type) => !made.has(type))).toEqual([]);
    const thin = new Set<string>();
    for await (const { type } of stripe.v2.core.events.list({ limit: 100 })) thin.add(type);
    expect(TOP_UP_TYPES.filter((type) => !thin.has(`v1.${type}`))).toEqual([]);
    const half = TOP_UP_TYPES.slice(0, 20);
    const some = await stripe.events.list({ types: [...half], limit: 100 });
    expect(new Set(some.data.map(({ type }) => type))).toEqual(new Set(half));
    const many = stripe.events.list({ types: [...TOP_UP_TYPES] });
    expect((await errorOf(many)).message).toContain('maximum 20');
  });
});
