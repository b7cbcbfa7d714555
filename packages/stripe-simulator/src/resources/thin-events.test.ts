import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { connect, DAY_MS, errorOf, HOUR_MS, report, START_MS, START_SEC } from '../testing/connect.ts';
import { startReceiver } from '../testing/receiver.ts';

const SECOND_MS = 1_000;

function createMeter(stripe: Stripe) {
  return stripe.billing.meters.create({
    display_name: 'Units',
    event_name: 'units',
    default_aggregation: { formula: 'sum' },
  });
}

describe('thin events', () => {
  it('reach a thin destination signed, and lead to the event and to its object', async () => {
    await using receiver = await startReceiver();
    await using server = await connect();
    const { stripe, sim } = server;
    const destination = await stripe.v2.core.eventDestinations.create({
      name: 'thin',
      type: 'webhook_endpoint',
      event_payload: 'thin',
      enabled_events: ['v1.billing.meter.created'],
      webhook_endpoint: { url: receiver.url },
      include: ['webhook_endpoint.signing_secret'],
    });
    const secret = destination.webhook_endpoint?.signing_secret ?? '';
    const meter = await createMeter(stripe);
    await sim.webhooks.settled();
    const { body = '', signature = '' } = receiver.received[0] ?? {};
    const thin = stripe.parseEventNotification(body, signature, secret, 300, undefined, START_MS);
    expect(receiver.types()).toEqual(['v1.billing.meter.created']);
    expect(JSON.parse(body)).toEqual({
      id: thin.id,
      object: 'v2.core.event',
      context: null,
      created: '2026-09-01T00:00:00.000Z',
      livemode: false,
      reason: {
        type: 'request',
        request: { id: meter.lastResponse.requestId, idempotency_key: expect.any(String) },
      },
      related_object: { id: meter.id, type: 'billing.meter', url: `/v1/billing/meters/${meter.id}` },
      snapshot_event: (await stripe.events.list()).data[0]?.id,
      type: 'v1.billing.meter.created',
    });
    if (thin.type !== 'v1.billing.meter.created') throw new Error(thin.type);
    expect((await thin.fetchEvent()).id).toBe(thin.id);
    expect(await thin.fetchRelatedObject()).toMatchObject({ id: meter.id, object: 'billing.meter' });
    expect(() => stripe.webhooks.constructEvent(body, signature, secret, 300, undefined, START_MS)).toThrow(
      'thin event notification',
    );
  });

  it('are listed newest first, by type, time and object, over several pages', async () => {
    await using server = await connect();
    const { stripe, sim } = server;
    const meter = await createMeter(stripe);
    await sim.advance(HOUR_MS);
    await stripe.billing.meters.deactivate(meter.id);
    await stripe.customers.create({});
    const types = async (params: Stripe.V2.Core.EventListParams): Promise<string[]> => {
      const found = [];
      for await (const event of stripe.v2.core.events.list(params)) found.push(event.type);
      return found;
    };
    expect(await types({ object_id: meter.id, limit: 1 })).toEqual([
      'v1.billing.meter.deactivated',
      'v1.billing.meter.created',
    ]);
    expect(await types({ types: ['v1.billing.meter.created'], limit: 1 })).toEqual([
      'v1.billing.meter.created',
    ]);
    expect(await types({ created: { gt: START_SEC } })).not.toContain('v1.billing.meter.created');
    await sim.advance(30 * DAY_MS);
    expect(await types({})).toEqual([]);
  });

  it('answer 404 for an unknown one', async () => {
    await using server = await connect();
    const error = await errorOf(server.stripe.v2.core.events.retrieve('evt_test_none'));
    expect(error.statusCode).toBe(404);
  });
});

describe('meter error reports', () => {
  it('come once per meter and window of ten seconds, with counts of all errors and samples of some', async () => {
    await using receiver = await startReceiver();
    await using server = await connect();
    const { stripe, sim } = server;
    sim.webhooks.forward({
      url: receiver.url,
      payload: 'thin',
      secret: 'whsec_thin',
      events: ['v1.billing.meter.error_report_triggered'],
    });
    const meter = await createMeter(stripe);
    for (let call = 0; call < 7; call += 1) {
      await stripe.billing.meterEvents.create({
        event_name: 'units',
        identifier: `unknown-${call}`,
        payload: { stripe_customer_id: 'cus_unknown', value: '1' },
      });
    }
    await stripe.billing.meterEvents.create({
      event_name: 'units',
      identifier: 'nobody',
      payload: { value: '1' },
    });
    await sim.advance(11 * SECOND_MS);
    expect(receiver.received).toEqual([]);
    await sim.advance(1 * SECOND_MS);
    expect(receiver.types()).toEqual(['v1.billing.meter.error_report_triggered']);
    const { body = '', signature = '' } = receiver.received[0] ?? {};
    expect(JSON.parse(body)).not.toHaveProperty('data');
    const thin = stripe.parseEventNotification(body, signature, 'whsec_thin', 300, undefined, sim.nowMs());
    if (thin.type !== 'v1.billing.meter.error_report_triggered') throw new Error(thin.type);
    expect(thin.related_object.id).toBe(meter.id);
    const { data } = await thin.fetchEvent();
    expect(data).toMatchObject({
      developer_message_summary: 'There are 8 invalid events',
      validation_start: '2026-09-01T00:00:00.000Z',
      validation_end: '2026-09-01T00:00:10.000Z',
      reason: { error_count: 8 },
    });
    const byCode = new Map(data.reason.error_types.map((entry) => [entry.code, entry]));
    expect([...byCode.keys()]).toEqual(['meter_event_customer_not_found', 'meter_event_no_customer_defined']);
    const unknown = byCode.get('meter_event_customer_not_found');
    expect([unknown?.error_count, unknown?.sample_errors.length]).toEqual([7, 5]);
    expect(unknown?.sample_errors[0]?.request.identifier).toBe('unknown-0');
  });

  it('tell of events for which there is no meter, without a related object', async () => {
    await using server = await connect();
    const { stripe, sim } = server;
    const customer = await stripe.customers.create({});
    await report(stripe, customer.id, 1, undefined, 'no_such_meter');
    await sim.advance(12 * SECOND_MS);
    await report(stripe, customer.id, 1, undefined, 'no_such_meter');
    await sim.advance(12 * SECOND_MS);
    const { data } = await stripe.v2.core.events.list({ types: ['v1.billing.meter.no_meter_found'] });
    expect(data).toHaveLength(2);
    const [event] = data;
    if (event?.type !== 'v1.billing.meter.no_meter_found') throw new Error(event?.type);
    expect(event.data.reason.error_types).toMatchObject([{ code: 'no_meter', error_count: 1 }]);
    expect(event).toMatchObject({ related_object: null });
  });
});

describe('the SDK’s notification handler', () => {
  it('takes a notification of the simulator to its handler', async () => {
    await using receiver = await startReceiver();
    await using server = await connect({
      webhooks: {
        timestamps: 'real',
        forward: [{ url: receiver.url, payload: 'thin', secret: 'whsec_thin' }],
      },
    });
    const seen: string[] = [];
    const handler = server.stripe
      .notificationHandler('whsec_thin', async () => undefined)
      .on('v1.billing.meter.created', async (notification) => {
        seen.push((await notification.fetchRelatedObject()).display_name);
      });
    await createMeter(server.stripe);
    await server.sim.webhooks.settled();
    const { body = '', signature = '' } = receiver.received[0] ?? {};
    await handler.handle(body, signature);
    expect(seen).toEqual(['Units']);
  });
});
