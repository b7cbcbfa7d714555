import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import {
  connect,
  DAY_MS,
  errorOf,
  HOUR_MS,
  report,
  START_MS,
  START_SEC,
  subscribeMetered,
} from '../testing/connect.ts';

const iso = (atSec: number) => new Date(atSec * 1_000).toISOString().slice(0, 19);
const periodEndMs = (subscription: Stripe.Subscription) =>
  (subscription.items.data[0]?.current_period_end ?? 0) * 1_000;

describe('subscriptions', () => {
  it('bill flexibly by default: metered only makes no first invoice, and periods live on the items', async () => {
    await using server = await connect();
    const { subscription } = await subscribeMetered(server.stripe);
    expect(subscription).toMatchObject({
      status: 'active',
      latest_invoice: null,
      billing_mode: { type: 'flexible' },
      billing_cycle_anchor: START_SEC,
    });
    const [item] = subscription.items.data;
    expect([iso(item?.current_period_start ?? 0), iso(item?.current_period_end ?? 0)]).toEqual([
      '2026-09-01T00:00:00',
      '2026-10-01T00:00:00',
    ]);
    expect(item?.quantity).toBeUndefined();
    expect((await server.stripe.invoices.list()).data).toEqual([]);
  });

  it('bill fees in advance, at once, and prorate the part before a later anchor', async () => {
    await using server = await connect();
    const { stripe } = server;
    const customer = await stripe.customers.create({});
    const price = await stripe.prices.create({
      currency: 'usd',
      unit_amount: 3_000,
      product_data: { name: 'Fee' },
      recurring: { interval: 'month' },
    });
    const whole = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id, quantity: 2 }],
      expand: ['latest_invoice'],
    });
    expect(whole.latest_invoice).toMatchObject({
      status: 'paid',
      total: 6_000,
      amount_paid: 6_000,
      billing_reason: 'subscription_create',
    });
    const part = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      billing_cycle_anchor: START_SEC + 10 * 86_400,
      expand: ['latest_invoice'],
    });
    expect(part.latest_invoice).toMatchObject({
      total: 968,
      lines: { data: [{ parent: { subscription_item_details: { proration: true } } }] },
    });
    expect(iso(part.items.data[0]?.current_period_end ?? 0)).toBe('2026-09-11T00:00:00');
  });

  it.each<
    [
      string,
      (ids: { metered: string; oneTime: string; euro: string }) => Stripe.SubscriptionCreateParams.Item[],
      string,
    ]
  >([
    [
      'a quantity on a metered item',
      ({ metered }) => [{ price: metered, quantity: 1 }],
      'Quantity should not be specified where usage_type is `metered`.',
    ],
    ['a one-time price', ({ oneTime }) => [{ price: oneTime }], 'type=one_time'],
    ['the same price twice', ({ metered }) => [{ price: metered }, { price: metered }], 'same price'],
    ['two currencies', ({ metered, euro }) => [{ price: metered }, { price: euro }], 'same currency'],
    ['an unknown price', () => [{ price: 'price_x' }], 'No such price'],
  ])('refuse %s', async (_name, itemsOf, message) => {
    await using server = await connect();
    const { stripe } = server;
    const { customer, price } = await subscribeMetered(stripe);
    const oneTime = await stripe.prices.create({
      currency: 'usd',
      unit_amount: 5,
      product_data: { name: 'Once' },
    });
    const euro = await stripe.prices.create({
      currency: 'eur',
      unit_amount: 5,
      product_data: { name: 'Euro' },
      recurring: { interval: 'month' },
    });
    const items = itemsOf({ metered: price.id, oneTime: oneTime.id, euro: euro.id });
    expect((await errorOf(stripe.subscriptions.create({ customer: customer.id, items }))).message).toContain(
      message,
    );
  });

  it('refuse an anchor in the past or beyond the first period', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { customer, price } = await subscribeMetered(stripe);
    for (const billing_cycle_anchor of [START_SEC - 1, START_SEC + 31 * 86_400]) {
      expect(
        (
          await errorOf(
            stripe.subscriptions.create({
              customer: customer.id,
              items: [{ price: price.id }],
              billing_cycle_anchor,
            }),
          )
        ).param,
      ).toBe('billing_cycle_anchor');
    }
  });

  it('cancel at once without billing usage, unless invoice_now is set; or at the period end', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { customer, price, subscription } = await subscribeMetered(stripe);
    const items = [{ price: price.id }];
    const second = await stripe.subscriptions.create({ customer: customer.id, items });
    const third = await stripe.subscriptions.create({ customer: customer.id, items });
    await stripe.subscriptions.update(third.id, { cancel_at_period_end: true });
    await report(stripe, customer.id, 40);
    await sim.advance(HOUR_MS);
    expect(await stripe.subscriptions.cancel(subscription.id)).toMatchObject({
      status: 'canceled',
      latest_invoice: null,
    });
    const billed = await stripe.subscriptions.cancel(second.id, {
      invoice_now: true,
      expand: ['latest_invoice'],
    });
    expect(billed.latest_invoice).toMatchObject({ status: 'draft', total: 40 });
    expect((await errorOf(stripe.subscriptions.cancel(second.id))).statusCode).toBe(404);
    await sim.advanceTo(periodEndMs(third));
    expect(await stripe.subscriptions.retrieve(third.id, { expand: ['latest_invoice'] })).toMatchObject({
      status: 'canceled',
      latest_invoice: { total: 40 },
    });
    expect((await stripe.subscriptions.list({ customer: customer.id })).data).toEqual([]);
    expect((await stripe.subscriptions.list({ customer: customer.id, status: 'all' })).data).toHaveLength(3);
    await stripe.customers.del(customer.id);
  });

  it('end with their customer', async () => {
    await using server = await connect();
    const { customer, subscription } = await subscribeMetered(server.stripe);
    expect(await server.stripe.customers.del(customer.id)).toMatchObject({ id: customer.id, deleted: true });
    expect((await server.stripe.subscriptions.retrieve(subscription.id)).status).toBe('canceled');
    expect(await server.stripe.customers.retrieve(customer.id)).toEqual(
      expect.objectContaining({ deleted: true }),
    );
    expect(
      (
        await errorOf(
          server.stripe.subscriptions.create({ customer: customer.id, items: [{ price: 'price_x' }] }),
        )
      ).code,
    ).toBe('resource_missing');
  });
});

describe('renewals', () => {
  it('make a draft at the period end, finalise it an hour later, and charge it', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { customer, subscription } = await subscribeMetered(stripe);
    await report(stripe, customer.id, 250);
    const endMs = periodEndMs(subscription);
    await sim.advanceTo(endMs - 1);
    expect((await stripe.invoices.list()).data).toEqual([]);
    await sim.advance(1);
    const [draft] = (await stripe.invoices.list({ customer: customer.id })).data;
    expect(draft).toMatchObject({
      status: 'draft',
      number: null,
      billing_reason: 'subscription_cycle',
      total: 250,
      hosted_invoice_url: null,
      created: endMs / 1_000,
      automatically_finalizes_at: endMs / 1_000 + 3_600,
      period_start: START_SEC,
      period_end: endMs / 1_000,
      parent: { subscription_details: { subscription: subscription.id } },
    });
    await sim.advance(HOUR_MS);
    const paid = await stripe.invoices.retrieve(draft?.id ?? '');
    expect(paid).toMatchObject({
      status: 'paid',
      amount_paid: 250,
      amount_remaining: 0,
      number: expect.stringMatching(/^\w{8}-0001$/),
      automatically_finalizes_at: null,
      status_transitions: { finalized_at: endMs / 1_000 + 3_600, paid_at: endMs / 1_000 + 3_600 },
    });
    expect((await fetch(paid.hosted_invoice_url ?? '')).status).toBe(200);
    expect((await stripe.subscriptions.retrieve(subscription.id)).items.data[0]?.current_period_start).toBe(
      endMs / 1_000,
    );
  });

  it('count late events of the draft window, recomputed at finalisation', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { customer, subscription } = await subscribeMetered(stripe);
    await report(stripe, customer.id, 100);
    const endMs = periodEndMs(subscription);
    await sim.advanceTo(endMs + 10 * 60_000);
    await report(stripe, customer.id, 11, endMs / 1_000 - 1);
    await sim.advanceTo(endMs + HOUR_MS);
    const [invoice] = (await stripe.invoices.list()).data;
    expect([invoice?.status, invoice?.total]).toEqual(['paid', 111]);
    await report(stripe, customer.id, 1_000, endMs / 1_000 - 1);
    expect((await stripe.invoices.retrieve(invoice?.id ?? '')).total).toBe(111);
  });

  it('an event exactly at the period end is billed once, in the next period', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { customer, subscription } = await subscribeMetered(stripe);
    const endMs = periodEndMs(subscription);
    await sim.advanceTo(endMs + 60_000);
    await report(stripe, customer.id, 1, endMs / 1_000 - 1);
    await report(stripe, customer.id, 20, endMs / 1_000);
    await sim.advance(40 * DAY_MS);
    expect((await stripe.invoices.list()).data.map(({ total }) => total)).toEqual([20, 1]);
  });

  it('walk a year in one step as in many: twelve invoices with the same numbers', async () => {
    const run = async (stepMs: number) => {
      await using server = await connect();
      const { customer } = await subscribeMetered(server.stripe, { licensedMinor: 500 });
      await report(server.stripe, customer.id, 30);
      for (let atMs = START_MS; atMs < START_MS + 370 * DAY_MS; atMs += stepMs)
        await server.sim.advance(stepMs);
      const all = await server.stripe.invoices.list({ limit: 100 }).autoPagingToArray({ limit: 1_000 });
      return all.map(({ number, total, created, status }) => `${number} ${total} ${iso(created)} ${status}`);
    };
    const inOne = await run(370 * DAY_MS);
    expect(inOne).toHaveLength(13);
    expect(inOne.at(-2)).toMatch(/-0002 530 2026-10-01T00:00:00 paid$/);
    expect(await run(37 * DAY_MS)).toEqual(inOne);
  });

  it('bill items of different intervals each at its own time', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const customer = await stripe.customers.create({});
    const price = (interval: 'day' | 'month', unit_amount: number) =>
      stripe.prices.create({
        currency: 'usd',
        unit_amount,
        product_data: { name: interval },
        recurring: { interval },
      });
    await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: (await price('day', 100)).id }, { price: (await price('month', 900)).id }],
    });
    await sim.advance(2 * DAY_MS + 2 * HOUR_MS);
    expect((await stripe.invoices.list()).data.map(({ total }) => total)).toEqual([100, 100, 1_000]);
  });
});

describe('previews', () => {
  it('show the running period as it would be billed, tier by tier, and store nothing', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { customer, meter } = await subscribeMetered(stripe);
    const price = await stripe.prices.create({
      currency: 'usd',
      product_data: { name: 'Calls' },
      billing_scheme: 'tiered',
      tiers_mode: 'graduated',
      tiers: [
        { up_to: 100, unit_amount: 0 },
        { up_to: 'inf', unit_amount: 2 },
      ],
      recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
    });
    expect(price.tiers).toBeUndefined();
    expect((await stripe.prices.retrieve(price.id, { expand: ['tiers'] })).tiers).toMatchObject([
      { up_to: 100, unit_amount: 0 },
      { up_to: null, unit_amount: 2 },
    ]);
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
    });
    await report(stripe, customer.id, '150.75');
    const preview = await stripe.invoices.createPreview({
      customer: customer.id,
      subscription: subscription.id,
    });
    expect(preview).toMatchObject({
      id: expect.stringMatching(/^upcoming_in_/),
      status: 'draft',
      total: 102,
      amount_due: 102,
      billing_reason: 'upcoming',
      number: null,
    });
    expect(
      preview.lines.data.map((line) => [
        line.amount,
        line.quantity,
        line.quantity_decimal?.toString(),
        line.pricing?.price_details?.price,
      ]),
    ).toEqual([
      [0, 100, '100', price.id],
      [102, 50, '50.75', price.id],
    ]);
    expect((await stripe.invoices.list()).data).toEqual([]);
    expect((await errorOf(stripe.invoices.retrieve(preview.id ?? ''))).statusCode).toBe(404);
  });

  it('a usage of 150 is 150 in the summary and 150 on the line', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { customer, meter, subscription } = await subscribeMetered(stripe);
    await report(stripe, customer.id, 150);
    const [row] = (
      await stripe.billing.meters.listEventSummaries(meter.id, {
        customer: customer.id,
        start_time: START_SEC,
        end_time: START_SEC + 60,
      })
    ).data;
    const preview = await stripe.invoices.createPreview({ subscription: subscription.id });
    expect([row?.aggregated_value, preview.lines.data[0]?.quantity_decimal?.toString()]).toEqual([
      150,
      '150',
    ]);
  });

  it('need a subscription, one that still bills', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { customer, subscription } = await subscribeMetered(stripe);
    expect(await errorOf(stripe.invoices.createPreview({ customer: customer.id }))).toMatchObject({
      statusCode: 400,
      param: 'subscription',
    });
    expect(await errorOf(stripe.invoices.createPreview({ subscription: 'sub_x' }))).toMatchObject({
      code: 'resource_missing',
      param: 'subscription',
    });
    await stripe.subscriptions.cancel(subscription.id);
    expect(await errorOf(stripe.invoices.createPreview({ subscription: subscription.id }))).toMatchObject({
      statusCode: 404,
      code: 'invoice_upcoming_none',
    });
  });
});
