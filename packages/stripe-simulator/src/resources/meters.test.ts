import { describe, expect, it } from 'vitest';
import { connect, DAY_MS, errorOf, HOUR_MS, report, START_SEC } from '../testing/connect.ts';

const HOUR = 3_600;
const DAY = 86_400;

async function withMeter(formula: 'sum' | 'count' | 'last' = 'sum') {
  const server = await connect();
  const customer = await server.stripe.customers.create({ name: 'Ada' });
  const meter = await server.stripe.billing.meters.create({
    display_name: 'Units',
    event_name: 'units',
    default_aggregation: { formula },
  });
  const summaries = (startSec: number, endSec: number, window?: 'hour' | 'day', limit = 100) =>
    server.stripe.billing.meters.listEventSummaries(meter.id, {
      customer: customer.id,
      start_time: startSec,
      end_time: endSec,
      limit,
      ...(window === undefined ? {} : { value_grouping_window: window }),
    });
  return { ...server, customer, meter, summaries };
}

describe('meters', () => {
  it('have Stripe’s defaults and can be renamed, deactivated and reactivated', async () => {
    await using server = await withMeter();
    const { stripe, meter } = server;
    expect(meter).toMatchObject({
      id: expect.stringMatching(/^mtr_test_/),
      object: 'billing.meter',
      status: 'active',
      livemode: false,
      customer_mapping: { event_payload_key: 'stripe_customer_id', type: 'by_id' },
      value_settings: { event_payload_key: 'value' },
    });
    expect((await stripe.billing.meters.update(meter.id, { display_name: 'New' })).display_name).toBe('New');
    expect((await stripe.billing.meters.deactivate(meter.id)).status_transitions.deactivated_at).toBe(
      START_SEC,
    );
    expect((await stripe.billing.meters.list({ status: 'active' })).data).toEqual([]);
    expect((await stripe.billing.meters.list({ status: 'inactive' })).data).toHaveLength(1);
    expect((await errorOf(stripe.billing.meters.deactivate(meter.id))).statusCode).toBe(400);
    expect((await stripe.billing.meters.reactivate(meter.id)).status).toBe('active');
  });

  it('own their event name, also while inactive', async () => {
    await using server = await withMeter();
    await server.stripe.billing.meters.deactivate(server.meter.id);
    const again = server.stripe.billing.meters.create({
      display_name: 'x',
      event_name: 'units',
      default_aggregation: { formula: 'sum' },
    });
    expect(await errorOf(again)).toMatchObject({ statusCode: 400, param: 'event_name' });
  });
});

describe('meter events', () => {
  it('echo what was sent', async () => {
    await using server = await withMeter();
    const event = await server.stripe.billing.meterEvents.create({
      event_name: 'units',
      payload: { stripe_customer_id: server.customer.id, value: '150' },
      identifier: 'e-1',
      timestamp: START_SEC - 60,
    });
    expect(event).toMatchObject({
      object: 'billing.meter_event',
      created: START_SEC,
      event_name: 'units',
      identifier: 'e-1',
      timestamp: START_SEC - 60,
      payload: { stripe_customer_id: server.customer.id, value: '150' },
    });
  });

  it.each([
    [-35 * DAY, true],
    [-35 * DAY - 1, false],
    [5 * 60, true],
    [5 * 60 + 1, false],
  ])('a timestamp %d s from now is accepted: %s', async (offset, accepted) => {
    await using server = await withMeter();
    const call = report(server.stripe, server.customer.id, 1, START_SEC + offset);
    if (accepted) await call;
    else expect(await errorOf(call)).toMatchObject({ statusCode: 400, param: 'timestamp' });
  });

  it('refuse a repeated identifier for 24 hours of receipt time, whatever the timestamp', async () => {
    await using server = await withMeter();
    const { sim, stripe, customer } = server;
    const sendOne = () =>
      stripe.billing.meterEvents.create({
        event_name: 'units',
        payload: { stripe_customer_id: customer.id, value: '1' },
        identifier: 'same',
      });
    await sendOne();
    await sim.advance(DAY_MS - 1);
    const error = await errorOf(sendOne());
    expect(error).toMatchObject({
      statusCode: 400,
      rawType: 'invalid_request_error',
      message: 'An event already exists with identifier same.',
    });
    expect(error.headers?.['stripe-should-retry']).toBe('false');
    await sim.advance(1);
    await sendOne();
  });

  it.each(['', 'abc', 'NaN', 'Infinity', '1e3', '0x10', '1,5', '1234567890123456', '0.1234567890123456'])(
    'refuse the value %j',
    async (value) => {
      await using server = await withMeter();
      const call = server.stripe.billing.meterEvents.create({
        event_name: 'units',
        payload: { stripe_customer_id: server.customer.id, value },
      });
      expect(await errorOf(call)).toMatchObject({ statusCode: 400, param: 'payload[value]' });
    },
  );

  it('take 15 significant digits, decimals and negatives, exactly', async () => {
    await using server = await withMeter();
    for (const value of ['123456789.012345', '-0.000000001', '100000000000000', '-100000000000000'])
      await report(server.stripe, server.customer.id, value);
    const [row] = (await server.summaries(START_SEC, START_SEC + HOUR)).data;
    expect(row?.aggregated_value).toBe(Number('123456789.012344999'));
  });

  it('are accepted and not counted without a meter, a customer, or with an inactive meter', async () => {
    await using server = await withMeter();
    const { stripe, customer, meter } = server;
    await report(stripe, customer.id, 1, undefined, 'no_such_event');
    await report(stripe, 'cus_nobody', 1);
    await stripe.billing.meterEvents.create({ event_name: 'units', payload: { value: '1' } });
    await stripe.billing.meters.deactivate(meter.id);
    await report(stripe, customer.id, 1);
    expect((await server.summaries(START_SEC, START_SEC + HOUR)).data[0]?.aggregated_value).toBe(0);
  });
});

describe('event summaries', () => {
  it('hours are sparse and newest first; the total is one row', async () => {
    await using server = await withMeter();
    const { sim, stripe, customer } = server;
    await sim.advance(12 * HOUR_MS);
    for (const [minute, value] of [
      [605, 1],
      [620, 2],
      [670, 3],
    ] as const)
      await report(stripe, customer.id, value, START_SEC + minute * 60);
    const hours = await server.summaries(START_SEC, START_SEC + DAY, 'hour');
    expect(
      hours.data.map((row) => [
        (row.start_time - START_SEC) / HOUR,
        (row.end_time - START_SEC) / HOUR,
        row.aggregated_value,
      ]),
    ).toEqual([
      [11, 12, 3],
      [10, 11, 3],
    ]);
    const total = await server.summaries(START_SEC, START_SEC + DAY);
    expect(total.data.map((row) => row.aggregated_value)).toEqual([6]);
    expect(total.data[0]).toMatchObject({
      object: 'billing.meter_event_summary',
      meter: server.meter.id,
      start_time: START_SEC,
      end_time: START_SEC + DAY,
    });
  });

  it('without a window give exactly one row, also for nothing', async () => {
    await using server = await withMeter();
    expect((await server.summaries(START_SEC, START_SEC + 60)).data).toMatchObject([{ aggregated_value: 0 }]);
    expect((await server.summaries(START_SEC, START_SEC + DAY, 'day')).data).toEqual([]);
  });

  it('count an event exactly at the start and not one exactly at the end', async () => {
    await using server = await withMeter();
    await server.sim.advance(HOUR_MS);
    await report(server.stripe, server.customer.id, 5, START_SEC);
    await report(server.stripe, server.customer.id, 7, START_SEC + 60);
    expect((await server.summaries(START_SEC, START_SEC + 60)).data[0]?.aggregated_value).toBe(5);
    expect((await server.summaries(START_SEC + 60, START_SEC + 120)).data[0]?.aggregated_value).toBe(7);
  });

  it.each([
    [1, 60, undefined, 'start_time'],
    [0, 61, undefined, 'end_time'],
    [60, HOUR, 'hour', 'start_time'],
    [0, HOUR + 60, 'hour', 'end_time'],
    [HOUR, DAY, 'day', 'start_time'],
    [0, DAY + HOUR, 'day', 'end_time'],
    [HOUR, HOUR, undefined, 'end_time'],
    [HOUR, 0, undefined, 'end_time'],
  ] as const)('refuse [%d, %d) with window %s, naming %s', async (start, end, window, param) => {
    await using server = await withMeter();
    expect(await errorOf(server.summaries(START_SEC + start, START_SEC + end, window))).toMatchObject({
      statusCode: 400,
      param,
    });
  });

  it('page: ten by default, no row lost over all pages', async () => {
    await using server = await withMeter('count');
    await server.sim.advance(2 * DAY_MS);
    for (let hour = 0; hour < 25; hour += 1)
      await report(server.stripe, server.customer.id, 1, START_SEC + hour * HOUR);
    const params = {
      customer: server.customer.id,
      start_time: START_SEC,
      end_time: START_SEC + 2 * DAY,
      value_grouping_window: 'hour' as const,
    };
    const first = await server.stripe.billing.meters.listEventSummaries(server.meter.id, params);
    expect([first.data.length, first.has_more]).toEqual([10, true]);
    const all = await server.stripe.billing.meters
      .listEventSummaries(server.meter.id, params)
      .autoPagingToArray({ limit: 1_000 });
    expect(all.map(({ start_time }) => (start_time - START_SEC) / HOUR)).toEqual(
      Array.from({ length: 25 }, (_, index) => 24 - index),
    );
    expect(new Set(all.map(({ id }) => id)).size).toBe(25);
  });

  it('last: the latest timestamp wins, ties go to the one received last, and buckets do not add up', async () => {
    await using server = await withMeter('last');
    await server.sim.advance(3 * HOUR_MS);
    for (const [at, value] of [
      [HOUR + 100, 9],
      [HOUR + 100, 4],
      [HOUR, 50],
      [10, 30],
    ] as const)
      await report(server.stripe, server.customer.id, value, START_SEC + at);
    expect(
      (await server.summaries(START_SEC, START_SEC + DAY, 'hour')).data.map((row) => row.aggregated_value),
    ).toEqual([4, 30]);
    expect((await server.summaries(START_SEC, START_SEC + DAY)).data[0]?.aggregated_value).toBe(4);
  });

  it('of one customer know nothing of another', async () => {
    await using server = await withMeter();
    const other = await server.stripe.customers.create({});
    await report(server.stripe, other.id, 99);
    expect((await server.summaries(START_SEC, START_SEC + 60)).data[0]?.aggregated_value).toBe(0);
    expect(
      await errorOf(
        server.stripe.billing.meters.listEventSummaries(server.meter.id, {
          customer: 'cus_x',
          start_time: 0,
          end_time: 60,
        }),
      ),
    ).toMatchObject({
      code: 'resource_missing',
      param: 'customer',
    });
  });
});
