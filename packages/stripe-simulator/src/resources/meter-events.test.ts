import { describe, expect, it } from 'vitest';
import {
  connect,
  DAY_MS,
  errorOf,
  report,
  START_MS,
  START_SEC,
  subscribeMetered,
} from '../testing/connect.ts';
import { readEventValue } from './meter-event-value.ts';

const HOUR = 3_600;
const DAY = 86_400;

async function withMeter(
  options: Parameters<typeof connect>[0] = {},
  meterOptions: { formula?: 'sum' | 'last' | 'count'; window?: 'hour' | 'day' } = {},
) {
  const server = await connect(options);
  const customer = await server.stripe.customers.create({ name: 'Ada' });
  const meter = await server.stripe.billing.meters.create({
    display_name: 'Units',
    event_name: 'units',
    default_aggregation: { formula: meterOptions.formula ?? 'sum' },
    ...(meterOptions.window === undefined ? {} : { event_time_window: meterOptions.window }),
  });
  const total = async (startSec = START_SEC - 40 * DAY, endSec = START_SEC + 2 * DAY) => {
    const { data } = await server.stripe.billing.meters.listEventSummaries(meter.id, {
      customer: customer.id,
      start_time: startSec,
      end_time: endSec,
    });
    return data[0]?.aggregated_value;
  };
  const sendEvent = (identifier: string | undefined, value = '1') =>
    server.stripe.billing.meterEvents.create({
      event_name: 'units',
      payload: { stripe_customer_id: customer.id, value },
      ...(identifier === undefined ? {} : { identifier }),
    });
  const sendV2 = (
    more: { identifier?: string; timestamp?: string; value?: string; customer?: string } = {},
  ) =>
    server.stripe.v2.billing.meterEvents.create({
      event_name: 'units',
      payload: { stripe_customer_id: more.customer ?? customer.id, value: more.value ?? '1' },
      ...(more.identifier === undefined ? {} : { identifier: more.identifier }),
      ...(more.timestamp === undefined ? {} : { timestamp: more.timestamp }),
    });
  return { ...server, customer, meter, total, sendEvent, sendV2 };
}

describe('S0-9: the time window of meter events', () => {
  it.each([
    ['now − 36 d', -36 * DAY, false],
    ['now − 34 d', -34 * DAY, true],
    ['now + 4 min', 4 * 60, true],
    ['now + 6 min', 6 * 60, false],
  ])('%s (%d s) is accepted over v1 and v2: %s', async (_name, offsetSec, accepted) => {
    await using server = await withMeter();
    const timestampSec = START_SEC + offsetSec;
    const calls = [
      () => report(server.stripe, server.customer.id, 1, timestampSec),
      () => server.sendV2({ timestamp: new Date(timestampSec * 1_000).toISOString() }),
    ];
    for (const call of calls) {
      if (accepted) await call();
      else expect(await errorOf(call())).toMatchObject({ statusCode: 400, param: 'timestamp' });
    }
    expect(await server.total()).toBe(accepted ? 2 : 0);
  });
});

describe('S3-12: identifiers', () => {
  it('the same identifier twice within 24 hours is counted once', async () => {
    await using server = await withMeter();
    await server.sendEvent('once');
    await server.sim.advance(DAY_MS - 1);
    expect(await errorOf(server.sendEvent('once'))).toMatchObject({
      statusCode: 400,
      message: 'An event already exists with identifier once.',
      headers: { 'stripe-should-retry': 'false' },
    });
    expect(await server.total()).toBe(1);
    await server.sim.advance(1);
    await server.sendEvent('once');
    expect(await server.total()).toBe(2);
  });

  it.each([
    ['shared by v1 and v2', true, 1],
    ['apart, when that is chosen', false, 2],
  ])('are %s', async (_name, identifiersSharedWithV2, counted) => {
    await using server = await withMeter({ assumptions: { identifiersSharedWithV2 } });
    await server.sendEvent('x');
    if (identifiersSharedWithV2)
      expect((await errorOf(server.sendV2({ identifier: 'x' }))).statusCode).toBe(400);
    else await server.sendV2({ identifier: 'x' });
    expect((await errorOf(server.sendV2({ identifier: 'x' }))).statusCode).toBe(400);
    expect(await server.total()).toBe(counted);
  });

  it('of a refused event are free again', async () => {
    await using server = await withMeter();
    expect((await errorOf(server.sendEvent('x', 'abc'))).statusCode).toBe(400);
    await server.sendEvent('x');
    expect(await server.total()).toBe(1);
  });
});

describe('S3-10: last', () => {
  it('of 15, 30, 10 is 10', async () => {
    await using server = await withMeter({}, { formula: 'last' });
    for (const value of [15, 30, 10]) await report(server.stripe, server.customer.id, value, START_SEC);
    expect(await server.total()).toBe(10);
  });
});

describe('pre-aggregated meters', () => {
  it('keep the value received last in each window, also when a late retry is older', async () => {
    await using server = await withMeter({}, { window: 'hour' });
    await server.sim.advance(2 * 3_600_000);
    for (const [at, value] of [
      [HOUR + 600, 50],
      [HOUR + 60, 20],
      [10, 7],
    ] as const)
      await report(server.stripe, server.customer.id, value, START_SEC + at);
    expect(await server.total()).toBe(27);
  });

  it('count one value per day in hours, too, and in a range that ends inside the day', async () => {
    await using server = await withMeter({}, { window: 'day' });
    await server.sim.advance(20 * 3_600_000);
    await report(server.stripe, server.customer.id, 10, START_SEC + HOUR);
    await report(server.stripe, server.customer.id, 20, START_SEC + 15 * HOUR);
    const [meter] = (await server.stripe.billing.meters.list()).data;
    const values = async (fromHour: number, toHour: number, grouped: object) => {
      const { data } = await server.stripe.billing.meters.listEventSummaries(meter?.id ?? '', {
        customer: server.customer.id,
        start_time: START_SEC + fromHour * HOUR,
        end_time: START_SEC + toHour * HOUR,
        ...grouped,
      });
      return data.map((row) => row.aggregated_value);
    };
    expect(await values(0, 24, { value_grouping_window: 'hour' })).toEqual([20]);
    expect([await values(0, 12, {}), await values(12, 24, {})]).toEqual([[0], [20]]);
  });
});

describe('v2 meter events', () => {
  it('speak RFC 3339 and echo what was sent', async () => {
    await using server = await withMeter();
    const event = await server.sendV2({
      identifier: 'e-1',
      timestamp: '2026-08-31T23:00:00+02:00',
      value: '150',
    });
    expect(event).toMatchObject({
      object: 'v2.billing.meter_event',
      created: new Date(START_MS).toISOString(),
      event_name: 'units',
      identifier: 'e-1',
      livemode: false,
      payload: { stripe_customer_id: server.customer.id, value: '150' },
      timestamp: '2026-08-31T21:00:00.000Z',
    });
    expect(await server.total()).toBe(150);
  });

  it('are checked at once: unknown customers and meters are refused, not reported later', async () => {
    await using server = await withMeter();
    const { stripe } = server;
    expect(await errorOf(server.sendV2({ customer: 'cus_nobody' }))).toMatchObject({
      statusCode: 400,
      code: 'meter_event_customer_not_found',
    });
    expect(
      await errorOf(stripe.v2.billing.meterEvents.create({ event_name: 'nothing', payload: { value: '1' } })),
    ).toMatchObject({ statusCode: 400, code: 'no_meter' });
    expect((await errorOf(server.sendV2({ value: 'abc' }))).code).toBe('meter_event_invalid_value');
  });

  it.each([
    [{}, 'event_name'],
    [{ event_name: 5, payload: {} }, 'event_name'],
    [{ event_name: 'units', payload: { value: 1 } }, 'payload.value'],
    [{ event_name: 'units', payload: [] }, 'payload'],
    [{ event_name: 'units', payload: {}, timestamp: 1_700_000_000 }, 'timestamp'],
    [{ event_name: 'units', payload: {}, timestamp: '2026-09-01' }, 'timestamp'],
    [{ event_name: 'units', payload: {}, extra: 1 }, 'extra'],
  ])('refuse the body %j, naming %s, in v2’s shape', async (body, param) => {
    await using server = await withMeter();
    const error = await errorOf(server.stripe.rawRequest('POST', '/v2/billing/meter_events', body));
    expect(error).toMatchObject({ statusCode: 400, code: 'invalid_fields', param });
    expect(error.rawType).toBeUndefined();
  });

  it.each([
    ['that breaks off', '{', 'application/json'],
    ['that is null', 'null', 'application/json'],
    ['that is a list', '[]', 'application/json'],
    ['that is a form', 'event_name=units', 'application/x-www-form-urlencoded'],
    ['that is 5,000 lists deep', `${'['.repeat(5_000)}${']'.repeat(5_000)}`, 'application/json'],
  ])('refuse a body %s', async (_name, body, type) => {
    await using server = await withMeter();
    const answer = await fetch(`${server.sim.url}/v2/billing/meter_events`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test_x', 'content-type': type },
      body,
    });
    expect([answer.status, Object.keys((await answer.json()) as object)]).toEqual([400, ['error']]);
  });

  it('run a failed request again under the same key', async () => {
    await using server = await withMeter();
    const create = () =>
      server.stripe.v2.billing.meterEvents.create(
        { event_name: 'units', payload: { stripe_customer_id: 'cus_later', value: '1' } },
        { idempotencyKey: 'k' },
      );
    expect((await errorOf(create())).headers?.['idempotent-replayed']).toBeUndefined();
    const again = await errorOf(create());
    expect([again.statusCode, again.headers?.['idempotent-replayed']]).toEqual([400, undefined]);
  });
});

describe('aggregation lag', () => {
  it('keeps events out of summaries until it has passed, in order of receipt', async () => {
    await using server = await withMeter({}, { formula: 'last' });
    server.sim.faults.setAggregationLag(60_000);
    await server.sendEvent('a', '5');
    await server.sim.advance(30_000);
    await report(server.stripe, server.customer.id, 9, START_SEC);
    expect(await server.total()).toBe(0);
    await server.sim.advance(30_000);
    expect(await server.total()).toBe(5);
    await server.sim.advance(30_000);
    expect(await server.total()).toBe(9);
    server.sim.faults.clear();
    await report(server.stripe, server.customer.id, 3, START_SEC + 60);
    expect(await server.total()).toBe(3);
  });
});

describe('a preview', () => {
  it('knows nothing of events that do not count yet', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { customer, subscription } = await subscribeMetered(stripe);
    sim.faults.setAggregationLag(60_000);
    await report(stripe, customer.id, 900);
    const subtotal = async () =>
      (await stripe.invoices.createPreview({ subscription: subscription.id })).subtotal;
    expect(await subtotal()).toBe(0);
    await sim.advance(60_000);
    expect(await subtotal()).toBe(900);
  });
});

describe('values', () => {
  it('must be whole numbers when decimals are switched off', async () => {
    await using server = await withMeter({ assumptions: { decimalMeterValues: false } });
    expect(await errorOf(server.sendEvent(undefined, '1.5'))).toMatchObject({
      statusCode: 400,
      code: 'meter_event_invalid_value',
    });
    await server.sendEvent(undefined, '15');
    expect(await server.total()).toBe(15);
  });

  it.each([
    ['123456789012345', null],
    ['1234567890123456', 'meter_event_value_too_many_digits'],
    ['100000000000000', null],
    ['1000000000000000', 'meter_event_value_too_many_digits'],
    ['-12345678901234500000', 'meter_event_value_too_many_digits'],
    ['0.000000123456789012345', null],
    ['-0.1234567890123456', 'meter_event_value_too_many_digits'],
    ['1e3', 'meter_event_invalid_value'],
    ['９', 'meter_event_invalid_value'],
    ['', 'meter_event_invalid_value'],
    ['1'.repeat(41), 'meter_event_invalid_value'],
  ])('%j: %s', (text, code) => {
    expect(readEventValue(text, { param: 'payload[value]', decimals: true }).flaw?.code ?? null).toBe(code);
  });
});

describe('events that count nowhere', () => {
  it('are reported together, later, naming a sample of them', async () => {
    await using server = await withMeter({ assumptions: { sampledErrorsPerKind: 2 } });
    const { sim, stripe } = server;
    for (let index = 0; index < 5; index += 1)
      await stripe.billing.meterEvents.create({
        event_name: 'units',
        payload: { stripe_customer_id: 'cus_nobody', value: '1' },
        identifier: `lost-${index}`,
      });
    await stripe.billing.meterEvents.create({ event_name: 'nothing', payload: { value: '1' } });
    await sim.advance(15_000);
    const { data } = await stripe.v2.core.events.list();
    const reports = data.filter(
      ({ type }) => type.startsWith('v1.billing.meter.error') || type.endsWith('no_meter_found'),
    );
    expect(reports.map(({ type }) => type).sort()).toEqual([
      'v1.billing.meter.error_report_triggered',
      'v1.billing.meter.no_meter_found',
    ]);
    const found = reports.find(({ type }) => type === 'v1.billing.meter.error_report_triggered');
    expect(await stripe.v2.core.events.retrieve(found?.id ?? '')).toMatchObject({
      related_object: { id: server.meter.id },
      data: {
        reason: {
          error_count: 5,
          error_types: [
            {
              code: 'meter_event_customer_not_found',
              error_count: 5,
              sample_errors: [{ request: { identifier: 'lost-0' } }, { request: { identifier: 'lost-1' } }],
            },
          ],
        },
      },
    });
  });

  it('include unusable values, when those are not refused at once', async () => {
    await using server = await withMeter({ assumptions: { checkMeterValuesAtOnce: false } });
    await server.sendEvent('x', 'abc');
    expect(await server.total()).toBe(0);
    await server.sim.advance(15_000);
    const { data } = await server.stripe.v2.core.events.list();
    expect(data.map(({ type }) => type)).toContain('v1.billing.meter.error_report_triggered');
  });
});
