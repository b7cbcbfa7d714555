import { DAY_MS, meteredScope, nowSec, subscribed, usd, use, type Walker } from './context.ts';

/** Credit grants through their whole life, their ledger and its summary. */
export async function walkCredits(walker: Walker): Promise<void> {
  const { stripe, sim } = walker;
  const { customer, price } = await subscribed(walker, 'walk_credits');
  const grant = (more: object = {}) =>
    stripe.billing.creditGrants.create({
      customer: customer.id,
      amount: usd(1_000),
      applicability_config: meteredScope,
      ...more,
    });
  const kept = await grant({ name: 'Prepaid', category: 'paid', metadata: { topup_id: 't1' } });
  await grant({ applicability_config: { scope: { prices: [{ id: price.id }] } }, category: 'promotional' });
  const expiring = await grant({ expires_at: nowSec(walker) + 9 * 86_400 });
  const voided = await grant({ effective_at: nowSec(walker) + 86_400 });
  await stripe.billing.creditGrants.retrieve(kept.id, { expand: ['customer'] });
  await stripe.billing.creditGrants.update(kept.id, { metadata: { note: 'walked' } });
  await stripe.billing.creditGrants.list({ customer: customer.id });
  await stripe.billing.creditGrants.expire(expiring.id);
  await stripe.billing.creditGrants.voidGrant(voided.id);

  await use(walker, 'walk_credits', customer.id, 400);
  await sim.advance(32 * DAY_MS);
  await stripe.billing.creditBalanceSummaries.retrieve({
    customer: customer.id,
    filter: { type: 'applicability_scope', applicability_scope: { price_type: 'metered' } },
  });
  const { data } = await stripe.billing.creditBalanceTransactions.list({ customer: customer.id, limit: 100 });
  const applied = data.find(({ debit }) => debit?.type === 'credits_applied');
  if (applied === undefined) throw new Error('The renewal applied no credits.');
  await stripe.billing.creditBalanceTransactions.retrieve(applied.id);
  await stripe.invoices.list({
    customer: customer.id,
    expand: ['data.total_pretax_credit_amounts.credit_balance_transaction'],
  });
}
