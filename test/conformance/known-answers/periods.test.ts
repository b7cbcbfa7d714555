import { expect, it } from 'vitest';
import { describeOnEachAccount } from './account.ts';
import { advanceTo, createStage } from './stage.ts';

const at = (iso: string): number => Date.parse(iso) / 1_000;

describeOnEachAccount('periods', (account) => {
  it('S3-4 keeps an anchor on the 31st: 31 January – 28 February – 31 March – 30 April', async () => {
    const { stripe } = account();
    const stage = await createStage(account(), at('2027-01-31T12:00:00Z'));
    const price = await stripe.prices.create({
      currency: 'usd',
      unit_amount: 1_500,
      product_data: { name: 'Plan' },
      recurring: { interval: 'month' },
    });
    const { id } = await stripe.subscriptions.create({
      customer: stage.customerId,
      items: [{ price: price.id }],
    });
    const periodEnd = async () => {
      const { items } = await stripe.subscriptions.retrieve(id);
      return new Date((items.data[0]?.current_period_end ?? 0) * 1_000).toISOString().slice(0, 16);
    };
    const ends = [await periodEnd()];
    for (const next of ['2027-03-01T00:00:00Z', '2027-04-01T00:00:00Z']) {
      await advanceTo(account(), stage, at(next));
      ends.push(await periodEnd());
    }
    expect(ends).toEqual(['2027-02-28T12:00', '2027-03-31T12:00', '2027-04-30T12:00']);
    const invoices = await stripe.invoices.list({ customer: stage.customerId });
    expect(invoices.data.map(({ amount_paid: paid }) => paid)).toEqual([1_500, 1_500, 1_500]);
  });
});
