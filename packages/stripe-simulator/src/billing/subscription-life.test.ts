import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import {
  customerWith,
  day,
  invoicesOf,
  licensed,
  lineTexts,
  metered,
  sec,
  sumMeter,
} from '../testing/catalog.ts';
import { connect, DAY_MS, errorOf, HOUR_MS, report, START_SEC } from '../testing/connect.ts';

const periods = (subscription: Stripe.Subscription): string[] =>
  subscription.items.data.map(
    (item) => `${day(item.current_period_start)} to ${day(item.current_period_end)}`,
  );

describe('anchors', () => {
  it('S3-4: an anchor on day 31 gives the periods 31 Jan to 28 Feb to 31 Mar', async () => {
    await using server = await connect({ nowMs: sec('2027-01-31') * 1_000 });
    const { sim, stripe } = server;
    const customer = await customerWith(stripe);
    const price = await licensed(stripe);
    const { id } = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
    const seen: string[] = [];
    for (const next of ['2027-02-28', '2027-03-31', '2027-04-30', '2027-05-31']) {
      seen.push(...periods(await stripe.subscriptions.retrieve(id)));
      await sim.advanceTo(sec(next) * 1_000);
    }
    expect(seen).toEqual([
      '2027-01-31 to 2027-02-28',
      '2027-02-28 to 2027-03-31',
      '2027-03-31 to 2027-04-30',
      '2027-04-30 to 2027-05-31',
    ]);
    const lines = (await invoicesOf(stripe, customer.id)).map((invoice) => invoice.lines.data[0]?.period);
    expect(lines.map((period) => day(period?.end))).toEqual([
      '2027-02-28',
      '2027-03-31',
      '2027-04-30',
      '2027-05-31',
      '2027-06-30',
    ]);
  });

  it('of a config fall on its day and time, with a prorated first period', async () => {
    await using server = await connect({ nowMs: sec('2028-02-10') * 1_000 });
    const { sim, stripe } = server;
    const customer = await customerWith(stripe);
    const price = await licensed(stripe, { unit_amount: 2_900 });
    const { id, items } = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      billing_cycle_anchor_config: { day_of_month: 31, hour: 0, minute: 0, second: 0 },
    });
    expect(day(items.data[0]?.current_period_end)).toBe('2028-02-29');
    await sim.advanceTo(sec('2028-03-01') * 1_000);
    expect(periods(await stripe.subscriptions.retrieve(id))).toEqual(['2028-02-29 to 2028-03-31']);
    expect((await invoicesOf(stripe, customer.id)).map(({ total }) => total)).toEqual([
      Math.round((2_900 * 19) / 29),
      2_900,
    ]);
  });

  it.each([
    ['day', 3, '2026-09-04'],
    ['week', 2, '2026-09-15'],
    ['month', 3, '2026-12-01'],
    ['year', 1, '2027-09-01'],
  ] as const)('every %s × %d, the first period ends on time', async (interval, interval_count, end) => {
    await using server = await connect();
    const { stripe } = server;
    const customer = await customerWith(stripe);
    const price = await licensed(stripe, { recurring: { interval, interval_count } });
    const { items } = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
    });
    expect(day(items.data[0]?.current_period_end)).toBe(end);
  });
});

describe('trials', () => {
  it('bill nothing but a free line, forgive their usage, and then bill the first period', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const customer = await customerWith(stripe);
    const meter = await sumMeter(stripe);
    const [seat, units] = [await licensed(stripe), await metered(stripe, meter.id)];
    const trial = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: seat.id, quantity: 2 }, { price: units.id }],
      trial_period_days: 14,
      expand: ['latest_invoice'],
    });
    expect(trial).toMatchObject({
      status: 'trialing',
      trial_start: START_SEC,
      trial_end: sec('2026-09-15'),
      billing_cycle_anchor: sec('2026-09-15'),
      latest_invoice: { status: 'paid', total: 0 },
    });
    expect(lineTexts(trial.latest_invoice as Stripe.Invoice)).toEqual(['0 Free trial for 2 × Seat']);
    await report(stripe, customer.id, 50);
    await sim.advance(14 * DAY_MS + HOUR_MS);
    await report(stripe, customer.id, 3);
    const active = await stripe.subscriptions.retrieve(trial.id, { expand: ['latest_invoice'] });
    expect(active.status).toBe('active');
    expect(lineTexts(active.latest_invoice as Stripe.Invoice)).toEqual(['2000 2 × Seat (at $10.00 / month)']);
    await sim.advance(30 * DAY_MS);
    expect((await invoicesOf(stripe, customer.id)).map(({ total }) => total)).toEqual([0, 2_000, 2_300]);
  });

  it('can end at once, be prolonged, and announce their end three days before', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const customer = await customerWith(stripe);
    const price = await licensed(stripe);
    const create = () =>
      stripe.subscriptions.create({
        customer: customer.id,
        items: [{ price: price.id }],
        trial_end: sec('2026-09-15'),
      });
    const first = await create();
    const ended = await stripe.subscriptions.update(first.id, {
      trial_end: 'now',
      expand: ['latest_invoice'],
    });
    expect(ended).toMatchObject({
      status: 'active',
      trial_end: START_SEC,
      billing_cycle_anchor: START_SEC,
      latest_invoice: { total: 1_000, status: 'paid' },
    });
    const second = await create();
    const longer = await stripe.subscriptions.update(second.id, { trial_end: sec('2026-09-20') });
    expect([longer.status, ...periods(longer)]).toEqual(['trialing', '2026-09-01 to 2026-09-20']);
    expect(day(longer.billing_cycle_anchor)).toBe('2026-09-20');
    const announced = async () =>
      (await stripe.events.list({ type: 'customer.subscription.trial_will_end' })).data.length;
    await sim.advanceTo(sec('2026-09-17') * 1_000 - 1);
    expect(await announced()).toBe(0);
    await sim.advance(1);
    expect(await announced()).toBe(1);
    await sim.advanceTo(sec('2026-09-20') * 1_000);
    expect((await stripe.subscriptions.retrieve(second.id)).status).toBe('active');
  });

  it('leave the anchor where it is when told so, and then bill a part of a period', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const customer = await customerWith(stripe);
    const price = await licensed(stripe);
    const { id, billing_cycle_anchor } = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      trial_period_days: 15,
      trial_settings: { end_behavior: { billing_cycle_anchor: 'unchanged' } },
    });
    await sim.advance(15 * DAY_MS + HOUR_MS);
    expect(billing_cycle_anchor).toBe(START_SEC);
    expect(periods(await stripe.subscriptions.retrieve(id))).toEqual(['2026-09-16 to 2026-10-01']);
    expect((await invoicesOf(stripe, customer.id)).map(({ total }) => total)).toEqual([0, 500]);
  });

  it('cancel without a payment method when told to', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const price = await licensed(stripe);
    const statusAfter = async (method?: string) => {
      const customer = await customerWith(stripe, method);
      const { id } = await stripe.subscriptions.create({
        customer: customer.id,
        items: [{ price: price.id }],
        trial_period_days: 7,
        trial_settings: { end_behavior: { missing_payment_method: 'cancel' } },
      });
      await sim.advance(8 * DAY_MS);
      return (await stripe.subscriptions.retrieve(id)).status;
    };
    expect([await statusAfter(), await statusAfter('pm_card_visa')]).toEqual(['canceled', 'active']);
  });
});

describe('billing modes', () => {
  it('differ on a metered-only create: classic makes an empty paid invoice, flexible none', async () => {
    await using server = await connect();
    const { stripe } = server;
    const customer = await customerWith(stripe);
    const meter = await sumMeter(stripe);
    const price = await metered(stripe, meter.id);
    const create = (type: 'classic' | 'flexible') =>
      stripe.subscriptions.create({
        customer: customer.id,
        items: [{ price: price.id }],
        billing_mode: { type },
        expand: ['latest_invoice'],
      });
    expect((await create('flexible')).latest_invoice).toBeNull();
    expect((await create('classic')).latest_invoice).toMatchObject({ status: 'paid', total: 0 });
  });

  it('migrate from classic to flexible, never back', async () => {
    await using server = await connect();
    const { stripe } = server;
    const customer = await customerWith(stripe);
    const price = await licensed(stripe);
    const { id } = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      billing_mode: { type: 'classic' },
    });
    const migrated = await stripe.subscriptions.migrate(id, { billing_mode: { type: 'flexible' } });
    expect(migrated.billing_mode.type).toBe('flexible');
    expect(
      (await errorOf(stripe.subscriptions.migrate(id, { billing_mode: { type: 'flexible' } }))).statusCode,
    ).toBe(400);
  });
});

describe('cancellations', () => {
  it('with invoice_now and prorate bill the usage and return the unused fee', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const customer = await customerWith(stripe);
    const meter = await sumMeter(stripe);
    const [seat, units] = [await licensed(stripe), await metered(stripe, meter.id)];
    const { id } = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: seat.id }, { price: units.id }],
    });
    await report(stripe, customer.id, 8);
    await sim.advance(15 * DAY_MS);
    const canceled = await stripe.subscriptions.cancel(id, {
      invoice_now: true,
      prorate: true,
      cancellation_details: { comment: 'too dear', feedback: 'too_expensive' },
      expand: ['latest_invoice'],
    });
    expect(canceled).toMatchObject({
      status: 'canceled',
      cancellation_details: {
        comment: 'too dear',
        feedback: 'too_expensive',
        reason: 'cancellation_requested',
      },
      latest_invoice: { status: 'draft', total: 300 },
    });
    await sim.advance(40 * DAY_MS);
    expect((await invoicesOf(stripe, customer.id)).map(({ total, status }) => [total, status])).toEqual([
      [1_000, 'paid'],
      [300, 'paid'],
    ]);
  });

  it('with invoice_now bill the usage of their own second too, as the preview says', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const customer = await customerWith(stripe);
    const meter = await sumMeter(stripe);
    const price = await metered(stripe, meter.id);
    const { id } = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
    await report(stripe, customer.id, 8);
    await sim.advance(DAY_MS);
    await report(stripe, customer.id, 5, START_SEC + 86_400);
    const preview = await stripe.invoices.createPreview({
      subscription: id,
      subscription_details: { cancel_now: true },
    });
    expect(preview.total).toBe(1_300);
    const { latest_invoice } = await stripe.subscriptions.cancel(id, {
      invoice_now: true,
      expand: ['latest_invoice'],
    });
    expect(latest_invoice).toMatchObject({ status: 'draft', total: 1_300 });
    await report(stripe, customer.id, 70, START_SEC + 86_401);
    await sim.advance(HOUR_MS);
    expect((await invoicesOf(stripe, customer.id)).map(({ total, status }) => [total, status])).toEqual([
      [1_300, 'paid'],
    ]);
  });

  it('at a time inside the period end it there, bill its usage and return the cut fee', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const customer = await customerWith(stripe);
    const meter = await sumMeter(stripe);
    const [seat, units] = [await licensed(stripe), await metered(stripe, meter.id)];
    const { id } = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: seat.id }, { price: units.id }],
    });
    const told = await stripe.subscriptions.update(id, { cancel_at: sec('2026-09-16') });
    expect(told).toMatchObject({ status: 'active', cancel_at: sec('2026-09-16'), canceled_at: START_SEC });
    await report(stripe, customer.id, 9);
    await sim.advance(16 * DAY_MS);
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({
      status: 'canceled',
      ended_at: sec('2026-09-16'),
    });
    expect((await invoicesOf(stripe, customer.id)).map(({ total }) => total)).toEqual([1_000, 900 - 500]);
  });

  it('in a later period shorten that period and its fee; taking it back restores both', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const customer = await customerWith(stripe);
    const price = await licensed(stripe, { unit_amount: 3_100 });
    const items = [{ price: price.id }];
    const kept = await stripe.subscriptions.create({ customer: customer.id, items });
    const ended = await stripe.subscriptions.create({
      customer: customer.id,
      items,
      cancel_at: sec('2026-10-11'),
    });
    await stripe.subscriptions.update(kept.id, { cancel_at: 'max_period_end' });
    expect((await stripe.subscriptions.update(kept.id, { cancel_at: '' })).cancel_at).toBeNull();
    await sim.advanceTo(sec('2026-10-02') * 1_000);
    expect(periods(await stripe.subscriptions.retrieve(ended.id))).toEqual(['2026-10-01 to 2026-10-11']);
    expect(periods(await stripe.subscriptions.retrieve(kept.id))).toEqual(['2026-10-01 to 2026-11-01']);
    const totals = async (subscription: string) =>
      (await stripe.invoices.list({ subscription })).data.map(({ total }) => total);
    expect([await totals(ended.id), await totals(kept.id)]).toEqual([
      [1_000, 3_100],
      [3_100, 3_100],
    ]);
    await sim.advanceTo(sec('2026-10-11') * 1_000);
    expect((await stripe.subscriptions.retrieve(ended.id)).status).toBe('canceled');
  });

  it('leave nothing to change but words', async () => {
    await using server = await connect();
    const { stripe } = server;
    const customer = await customerWith(stripe);
    const price = await licensed(stripe);
    const { id } = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
    await stripe.subscriptions.cancel(id);
    expect((await stripe.subscriptions.update(id, { metadata: { why: 'moved' } })).metadata).toEqual({
      why: 'moved',
    });
    expect(await errorOf(stripe.subscriptions.update(id, { cancel_at_period_end: true }))).toMatchObject({
      code: 'invalid_canceled_subscription_fields',
    });
    const refused = await errorOf(
      stripe.subscriptions.update(id, { pause_collection: { behavior: 'void' } }),
    );
    expect(refused.statusCode).toBe(501);
  });
});
