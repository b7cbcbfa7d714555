import { expect, it } from 'vitest';
import { describeOnEachAccount, eventually } from './account.ts';
import { advanceTo, createMeter, createMeteredPrice, createStage, use } from './stage.ts';

const DAY_SEC = 86_400;

describeOnEachAccount('the order of grants', (account) => {
  it('takes 100 of T, 300 of R and 300 of Q for an invoice of 700, and leaves P alone', async () => {
    const { stripe } = account();
    const stage = await createStage(account());
    const meter = await createMeter(account(), 'grant_order');
    const price = await createMeteredPrice(account(), meter, { unit_amount: 1 });
    const subscription = await stripe.subscriptions.create({
      customer: stage.customerId,
      items: [{ price: price.id }],
    });
    const grant = (name: string, value: number, more: object) =>
      stripe.billing.creditGrants.create({
        customer: stage.customerId,
        name,
        amount: { type: 'monetary', monetary: { currency: 'usd', value } },
        applicability_config: { scope: { price_type: 'metered' } },
        ...more,
      });
    const inDays = (days: number) => ({ expires_at: stage.startSec + days * DAY_SEC });
    const grants = [
      await grant('P', 1_000, { category: 'paid' }),
      await grant('Q', 500, { category: 'promotional', ...inDays(90) }),
      await grant('R', 300, { category: 'paid', ...inDays(60) }),
      await grant('T', 100, { category: 'paid', priority: 0 }),
    ];
    await use(account(), meter, stage, 700);
    const claimed = await eventually(
      () => stripe.invoices.createPreview({ subscription: subscription.id }),
      ({ subtotal }) => subtotal === 700,
    );
    expect([claimed.subtotal, claimed.total]).toEqual([700, 0]);
    const listed = () =>
      stripe.billing.creditBalanceTransactions.list({ customer: stage.customerId, limit: 100 });
    const before = (await listed()).data.filter(({ debit }) => debit !== null);
    expect(before, 'a preview takes nothing from the ledger').toEqual([]);

    const endSec = subscription.items.data[0]?.current_period_end ?? 0;
    await advanceTo(account(), stage, endSec + 3 * 3_600);
    const { data } = await eventually(listed, ({ data: rows }) => rows.some(({ debit }) => debit !== null));
    const taken = grants.map(({ id, name }) => {
      const own = data.filter(({ credit_grant: owner, debit }) => owner === id && debit !== null);
      expect(own.every(({ debit }) => debit?.type === 'credits_applied')).toBe(true);
      return [name, own.reduce((sum, { debit }) => sum + (debit?.amount.monetary?.value ?? 0), 0)];
    });
    expect(Object.fromEntries(taken)).toEqual({ T: 100, R: 300, Q: 300, P: 0 });
    const { balances } = await stripe.billing.creditBalanceSummaries.retrieve({
      customer: stage.customerId,
      filter: { type: 'applicability_scope', applicability_scope: { price_type: 'metered' } },
    });
    expect(balances[0]?.ledger_balance.monetary?.value).toBe(1_200);
  });
});
