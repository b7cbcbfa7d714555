import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { customerWith, day, invoicesOf, licensed, lineTexts, metered, sumMeter } from '../testing/catalog.ts';
import { connect, DAY_MS, errorOf, HOUR_MS, report, START_SEC } from '../testing/connect.ts';

async function mixed(stripe: Stripe) {
  const customer = await customerWith(stripe);
  const meter = await sumMeter(stripe);
  const [seat, units] = [await licensed(stripe), await metered(stripe, meter.id)];
  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: seat.id }, { price: units.id }],
  });
  return { customer, meter, seat, units, subscription, seatItem: subscription.items.data[0]?.id ?? '' };
}

describe('previews', () => {
  it('S1-6: a usage of 150 is quantity_decimal 150 on the preview line and 150 in the meter summary', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { customer, meter, subscription } = await mixed(stripe);
    await report(stripe, customer.id, 100);
    await report(stripe, customer.id, 50);
    const [row] = (
      await stripe.billing.meters.listEventSummaries(meter.id, {
        customer: customer.id,
        start_time: START_SEC,
        end_time: START_SEC + 60,
      })
    ).data;
    const preview = await stripe.invoices.createPreview({ subscription: subscription.id });
    const line = preview.lines.data.find(({ amount }) => amount === 15_000);
    expect(line?.quantity_decimal?.toString()).toBe('150');
    expect(row?.aggregated_value).toBe(150);
  });

  it('are what the next invoice then is, pending items, credits and balance included', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { customer, subscription, seatItem } = await mixed(stripe);
    await stripe.billing.creditGrants.create({
      customer: customer.id,
      amount: { type: 'monetary', monetary: { currency: 'usd', value: 700 } },
      applicability_config: { scope: { price_type: 'metered' } },
    });
    await stripe.customers.update(customer.id, { balance: -100 });
    await report(stripe, customer.id, '12.5');
    await sim.advance(10 * DAY_MS);
    await stripe.subscriptionItems.update(seatItem, { quantity: 3 });
    const preview = await stripe.invoices.createPreview({ subscription: subscription.id });
    await sim.advance(20 * DAY_MS + HOUR_MS);
    const invoice = (await invoicesOf(stripe, customer.id)).at(-1);
    expect(lineTexts(preview)).toEqual(lineTexts(invoice));
    const figures = ({ subtotal, total, amount_due, starting_balance }: Stripe.Invoice) => [
      subtotal,
      total,
      amount_due,
      starting_balance,
    ];
    expect(figures(preview)).toEqual([2_000 - 667 + 3_000 + 1_250, 4_883, 4_783, -100]);
    expect(invoice && figures(invoice)).toEqual(figures(preview));
  });

  it('of a supposed change show its prorations, and store nothing', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { customer, subscription, seatItem } = await mixed(stripe);
    const large = await licensed(stripe, { unit_amount: 4_000 });
    await sim.advance(10 * DAY_MS);
    const items = [{ id: seatItem, price: large.id }];
    const onRenewal = await stripe.invoices.createPreview({
      subscription: subscription.id,
      subscription_details: { items },
    });
    expect(lineTexts(onRenewal)).toEqual([
      '2667 Remaining time on Seat after 11 Sep 2026',
      '-667 Unused time on Seat after 11 Sep 2026',
      '4000 1 × Seat (at $40.00 / month)',
      '0 0 × Units (at $1.00 / month)',
    ]);
    const atOnce = await stripe.invoices.createPreview({
      subscription: subscription.id,
      subscription_details: { items, proration_behavior: 'always_invoice' },
    });
    expect([atOnce.total, atOnce.created]).toEqual([2_000, START_SEC + 10 * 86_400]);
    const canceled = await stripe.invoices.createPreview({
      subscription: subscription.id,
      subscription_details: { cancel_now: true },
    });
    expect(canceled.total).toBe(-667);
    const ending = await stripe.invoices.createPreview({
      subscription: subscription.id,
      subscription_details: { cancel_at_period_end: true },
    });
    expect(lineTexts(ending)).toEqual(['0 0 × Units (at $1.00 / month)']);
    expect((await stripe.invoiceItems.list({ customer: customer.id })).data).toEqual([]);
    expect((await stripe.subscriptions.retrieve(subscription.id)).items.data[0]?.price.id).not.toBe(large.id);
  });

  it('with preview_mode recurring leave out what does not come back', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { subscription, seatItem } = await mixed(stripe);
    await sim.advance(10 * DAY_MS);
    await stripe.subscriptionItems.update(seatItem, { quantity: 2 });
    const [next, recurring] = [
      await stripe.invoices.createPreview({ subscription: subscription.id }),
      await stripe.invoices.createPreview({ subscription: subscription.id, preview_mode: 'recurring' }),
    ];
    expect([next.total, recurring.total]).toEqual([2_000 + 1_333 - 667, 2_000]);
  });

  it('of a subscription that does not exist yet, and of items alone', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { customer, seat, units } = await mixed(stripe);
    const fresh = await stripe.invoices.createPreview({
      customer: customer.id,
      subscription_details: { items: [{ price: seat.id, quantity: 5 }] },
      invoice_items: [{ amount: 250, currency: 'usd', description: 'setup' }],
    });
    expect(lineTexts(fresh)).toEqual(['250 setup', '5000 5 × Seat (at $10.00 / month)']);
    const usage = await stripe.invoices.createPreview({
      customer: customer.id,
      subscription_details: { items: [{ price: units.id }] },
    });
    expect([lineTexts(usage), day(usage.period_end)]).toEqual([
      ['0 0 × Units (at $1.00 / month)'],
      '2026-10-01',
    ]);
    const items = await stripe.invoices.createPreview({
      customer: customer.id,
      invoice_items: [{ amount: 900, currency: 'usd', description: 'one' }],
    });
    expect(items.total).toBe(900);
    expect(await errorOf(stripe.invoices.createPreview({ customer: customer.id }))).toMatchObject({
      statusCode: 400,
    });
    expect((await stripe.subscriptions.list({ customer: customer.id })).data).toHaveLength(1);
  });

  it('show a later-ending item only when its own period ends', async () => {
    await using server = await connect();
    const { stripe } = server;
    const customer = await customerWith(stripe);
    const [weekly, monthly] = [
      await licensed(stripe, { recurring: { interval: 'week' }, product_data: { name: 'Weekly' } }),
      await licensed(stripe),
    ];
    const { id } = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: weekly.id }, { price: monthly.id }],
    });
    const preview = await stripe.invoices.createPreview({ subscription: id });
    expect([lineTexts(preview), day(preview.period_end)]).toEqual([
      ['1000 1 × Weekly (at $10.00 / week)'],
      '2026-09-08',
    ]);
  });
});
