import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { createIds } from '../ids.ts';
import { connect, DAY_MS, errorOf, report, START_SEC, send } from '../testing/connect.ts';
import { createWorld } from '../world.ts';
import { advanceTestClock, createTestClock, requireTestClock, toStripeTestClock } from './test-clocks.ts';

const DAY = 86_400;
/** 1 January 2024, 00:00 UTC: far from the simulator's own time. */
const CLOCK_SEC = Date.UTC(2024, 0, 1) / 1_000;

async function withClock(options: Parameters<typeof connect>[0] = {}) {
  const server = await connect(options);
  const { stripe } = server;
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: CLOCK_SEC, name: 'Winter' });
  const customer = await stripe.customers.create({ name: 'Ada', test_clock: clock.id });
  const meter = await stripe.billing.meters.create({
    display_name: 'Units',
    event_name: 'units',
    default_aggregation: { formula: 'sum' },
  });
  const price = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 100,
    product_data: { name: 'Units' },
    recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
  });
  const subscribe = () =>
    stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
  const advance = async (toSec: number): Promise<Stripe.TestHelpers.TestClock> => {
    await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: toSec });
    return stripe.testHelpers.testClocks.retrieve(clock.id);
  };
  return { ...server, clock, customer, meter, price, subscribe, advance };
}

describe('test clocks', () => {
  it('are created, retrieved, listed and deleted', async () => {
    await using server = await withClock();
    const { stripe, clock, customer } = server;
    expect(clock).toMatchObject({
      id: expect.stringMatching(/^clock_/),
      object: 'test_helpers.test_clock',
      created: START_SEC,
      frozen_time: CLOCK_SEC,
      livemode: false,
      name: 'Winter',
      status: 'ready',
      status_details: {},
    });
    expect((await stripe.testHelpers.testClocks.list()).data).toEqual([clock]);
    await server.subscribe();
    expect(await stripe.testHelpers.testClocks.del(clock.id)).toMatchObject({ id: clock.id, deleted: true });
    expect((await errorOf(stripe.testHelpers.testClocks.retrieve(clock.id))).statusCode).toBe(404);
    expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ deleted: true });
    expect((await stripe.testHelpers.testClocks.list()).data).toEqual([]);
  });

  it('are advancing before they are ready, and arrive where they were sent', async () => {
    await using server = await withClock();
    const { stripe, clock } = server;
    const advancing = await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: CLOCK_SEC + DAY });
    expect(advancing).toMatchObject({
      status: 'advancing',
      frozen_time: CLOCK_SEC,
      status_details: { advancing: { target_frozen_time: CLOCK_SEC + DAY } },
    });
    expect(await stripe.testHelpers.testClocks.retrieve(clock.id)).toMatchObject({
      status: 'ready',
      frozen_time: CLOCK_SEC + DAY,
      status_details: {},
    });
  });

  it('stay advancing for as long as is chosen, whatever is read meanwhile', async () => {
    await using server = await withClock({
      assumptions: { testClockReadyOnRead: false, testClockAdvancingMs: 5_000 },
    });
    const { sim, stripe, clock, customer } = server;
    expect((await server.advance(CLOCK_SEC + DAY)).status).toBe('advancing');
    expect(await errorOf(stripe.customers.update(customer.id, { name: 'x' }))).toMatchObject({
      statusCode: 429,
      message: `Test clock advancement underway - cannot perform modifications: ${clock.id}`,
    });
    expect((await errorOf(server.advance(CLOCK_SEC + 2 * DAY))).statusCode).toBe(400);
    expect((await stripe.customers.retrieve(customer.id)).id).toBe(customer.id);
    await sim.advance(5_000);
    expect((await stripe.testHelpers.testClocks.retrieve(clock.id)).status).toBe('ready');
    expect((await stripe.customers.update(customer.id, { name: 'x' })).name).toBe('x');
  });

  it.each([
    ['backwards', -1, false],
    ['nowhere', 0, false],
    ['to two years without a subscription', 2 * 365 * DAY + DAY, true],
    ['past two years without a subscription', 2 * 365 * DAY + 2 * DAY, false],
  ])('go %s: %d s is accepted: %s', async (_name, bySec, accepted) => {
    await using server = await withClock();
    const call = server.stripe.testHelpers.testClocks.advance(server.clock.id, {
      frozen_time: CLOCK_SEC + bySec,
    });
    if (accepted) expect((await call).status).toBe('advancing');
    else expect(await errorOf(call)).toMatchObject({ statusCode: 400, param: 'frozen_time' });
  });

  it('move two intervals of the shortest subscription at most', async () => {
    await using server = await withClock();
    await server.subscribe();
    const twoMonthsSec = Date.UTC(2024, 2, 1) / 1_000;
    expect(await errorOf(server.advance(twoMonthsSec + 1))).toMatchObject({
      statusCode: 400,
      param: 'frozen_time',
    });
    expect((await server.advance(twoMonthsSec)).frozen_time).toBe(twoMonthsSec);
  });

  it('are deleted by themselves after 30 days of the simulator’s own time', async () => {
    await using server = await withClock();
    await server.sim.advance(30 * DAY_MS);
    expect((await errorOf(server.stripe.testHelpers.testClocks.retrieve(server.clock.id))).statusCode).toBe(
      404,
    );
  });

  it('refuse unknown clocks and a fourth customer', async () => {
    await using server = await withClock();
    const { stripe, clock } = server;
    expect(await errorOf(stripe.customers.create({ test_clock: 'clock_x' }))).toMatchObject({
      statusCode: 400,
      param: 'test_clock',
    });
    await stripe.customers.create({ test_clock: clock.id });
    await stripe.customers.create({ test_clock: clock.id });
    expect((await errorOf(stripe.customers.create({ test_clock: clock.id }))).param).toBe('test_clock');
    expect((await stripe.customers.list({ test_clock: clock.id })).data).toHaveLength(3);
  });

  it('announce themselves by events', async () => {
    await using server = await withClock();
    await server.advance(CLOCK_SEC + DAY);
    const { data } = await server.stripe.events.list({ type: 'test_helpers.test_clock.*' });
    expect(data.map(({ type }) => type)).toEqual([
      'test_helpers.test_clock.ready',
      'test_helpers.test_clock.advancing',
      'test_helpers.test_clock.created',
    ]);
  });
});

describe('work that fails on the way', () => {
  it('leaves the clock in internal_failure, is told once, and stays on the clock', () => {
    const world = createWorld({ startMs: START_SEC * 1_000, ids: createIds('test') });
    const clock = createTestClock(world, { frozenSec: CLOCK_SEC });
    world.joinClock(clock.id, 'cus_1');
    const failing = {
      name: 'failing',
      run() {
        throw new Error('broken job');
      },
    };
    world.scheduleFor('cus_1', CLOCK_SEC + 60, failing, 'x');
    advanceTestClock(world, clock, CLOCK_SEC + DAY);
    expect(() => world.settle(START_SEC * 1_000)).toThrow('broken job');
    world.settle(START_SEC * 1_000 + 60_000);
    expect(toStripeTestClock(requireTestClock(world, clock.id))).toMatchObject({
      status: 'internal_failure',
      frozen_time: CLOCK_SEC,
    });
    world.refuseWhileAdvancing('cus_1');
  });
});

describe('a customer on a test clock', () => {
  it('is hidden from the list unless the clock is named, and shows it', async () => {
    await using server = await withClock();
    const { stripe, clock, customer } = server;
    const other = await stripe.customers.create({ name: 'Bob' });
    expect((await stripe.customers.list()).data.map(({ id }) => id)).toEqual([other.id]);
    expect((await stripe.customers.list({ test_clock: clock.id })).data.map(({ id }) => id)).toEqual([
      customer.id,
    ]);
    expect(customer.test_clock).toBe(clock.id);
    expect(await stripe.customers.retrieve(customer.id, { expand: ['test_clock'] })).toMatchObject({
      test_clock: { id: clock.id, status: 'ready' },
    });
  });

  it('lives on it: periods, renewals, invoices and grants, while everybody else stands still', async () => {
    await using server = await withClock();
    const { stripe, clock, customer } = server;
    const subscription = await server.subscribe();
    expect(subscription).toMatchObject({ created: CLOCK_SEC, test_clock: clock.id });
    expect(subscription.items.data[0]).toMatchObject({
      current_period_start: CLOCK_SEC,
      current_period_end: Date.UTC(2024, 1, 1) / 1_000,
    });
    await report(stripe, customer.id, 7, CLOCK_SEC + 60);
    const grant = await stripe.billing.creditGrants.create({
      customer: customer.id,
      amount: { type: 'monetary', monetary: { currency: 'usd', value: 300 } },
      applicability_config: { scope: { price_type: 'metered' } },
      expires_at: Date.UTC(2024, 5, 1) / 1_000,
    });
    expect(grant).toMatchObject({ created: CLOCK_SEC, effective_at: CLOCK_SEC, test_clock: clock.id });
    await server.advance(Date.UTC(2024, 1, 2) / 1_000);
    const { data: invoices } = await stripe.invoices.list({ customer: customer.id });
    expect(invoices).toHaveLength(1);
    expect(invoices[0]).toMatchObject({
      created: Date.UTC(2024, 1, 1) / 1_000,
      period_end: Date.UTC(2024, 1, 1) / 1_000,
      subtotal: 700,
      amount_due: 400,
      status: 'paid',
      test_clock: clock.id,
    });
    expect((await stripe.subscriptions.retrieve(subscription.id)).items.data[0]?.current_period_start).toBe(
      Date.UTC(2024, 1, 1) / 1_000,
    );
    expect(server.sim.nowMs()).toBe(START_SEC * 1_000);
  });

  it('renews month by month for a year from a 31st, each invoice with the usage of its own month', async () => {
    await using server = await withClock({ assumptions: { minimumCharge: false } });
    const { stripe, customer } = server;
    const instant = (month: number, day: number) => Date.UTC(2024, month, day) / 1_000;
    await server.advance(instant(0, 31));
    await server.subscribe();
    const ends = [29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].map((day, index) => instant(index + 1, day));
    for (const [index, endSec] of ends.entries()) {
      await report(stripe, customer.id, index + 1);
      await server.advance(endSec + 2 * 3_600);
    }
    const { data } = await stripe.invoices.list({ customer: customer.id, limit: 100 });
    expect(data.toReversed().map(({ period_end, total, status }) => [period_end, total, status])).toEqual(
      ends.map((endSec, index) => [endSec, (index + 1) * 100, 'paid']),
    );
  });

  it('is not moved by the simulator’s own time', async () => {
    await using server = await withClock();
    const subscription = await server.subscribe();
    await server.sim.advance(20 * DAY_MS);
    expect(
      (await server.stripe.subscriptions.retrieve(subscription.id)).items.data[0]?.current_period_start,
    ).toBe(CLOCK_SEC);
    expect((await server.stripe.invoices.list({ customer: server.customer.id })).data).toEqual([]);
  });

  it.each([
    ['on the clock', true, CLOCK_SEC, START_SEC],
    ['in real time, when that is chosen', false, START_SEC, CLOCK_SEC],
  ])('reports usage %s', async (_name, eventLimitsFollowTestClock, acceptedSec, refusedSec) => {
    await using server = await withClock({ assumptions: { eventLimitsFollowTestClock } });
    await report(server.stripe, server.customer.id, 1, acceptedSec);
    expect(await errorOf(report(server.stripe, server.customer.id, 1, refusedSec))).toMatchObject({
      statusCode: 400,
      param: 'timestamp',
    });
  });

  it('cannot reuse an identifier by moving the clock: receipt counts on the simulator’s own time', async () => {
    await using server = await withClock();
    const { sim, stripe, customer } = server;
    const sendOne = () =>
      stripe.billing.meterEvents.create({
        event_name: 'units',
        payload: { stripe_customer_id: customer.id, value: '1' },
        identifier: 'same',
      });
    await sendOne();
    await server.advance(CLOCK_SEC + 5 * DAY);
    expect((await errorOf(sendOne())).message).toBe('An event already exists with identifier same.');
    await sim.advance(DAY_MS);
    await sendOne();
  });

  it('pays in real time', async () => {
    await using server = await withClock();
    const answer = await send(
      server.sim,
      'POST',
      '/v1/payment_intents',
      `amount=500&currency=usd&customer=${server.customer.id}`,
    );
    expect(await answer.json()).toMatchObject({ object: 'payment_intent', created: START_SEC });
  });
});
