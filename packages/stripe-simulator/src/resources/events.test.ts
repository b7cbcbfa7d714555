import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { connect, DAY_MS, errorOf, HOUR_MS, START_SEC, send } from '../testing/connect.ts';
import { startReceiver } from '../testing/receiver.ts';

function createMeter(stripe: Stripe, name: string): Promise<Stripe.Billing.Meter> {
  return stripe.billing.meters.create({
    display_name: name,
    event_name: name,
    default_aggregation: { formula: 'sum' },
  });
}

describe('events', () => {
  it('keep the object as it was when they happened, with what an update changed', async () => {
    await using server = await connect();
    const { stripe, sim } = server;
    const meter = await createMeter(stripe, 'before');
    await sim.advance(HOUR_MS);
    await stripe.billing.meters.update(meter.id, { display_name: 'after' });
    const [updated, created] = (await stripe.events.list()).data;
    expect(created).toMatchObject({ type: 'billing.meter.created', created: START_SEC });
    expect(created?.data.object).toEqual(JSON.parse(JSON.stringify({ ...meter })));
    expect(created?.data).not.toHaveProperty('previous_attributes');
    expect(updated).toMatchObject({
      type: 'billing.meter.updated',
      created: START_SEC + 3_600,
      data: {
        object: { id: meter.id, display_name: 'after' },
        previous_attributes: { display_name: 'before', updated: START_SEC },
      },
    });
  });

  it('are not made by an update that changes nothing, nor by a request that fails', async () => {
    await using server = await connect();
    const { stripe } = server;
    const meter = await createMeter(stripe, 'calls');
    await stripe.billing.meters.update(meter.id, { display_name: 'calls' });
    await errorOf(createMeter(stripe, 'calls'));
    expect((await stripe.events.list()).data).toHaveLength(1);
  });

  it('are taken back with everything else when a request fails after they were made', async () => {
    await using receiver = await startReceiver();
    await using server = await connect({ webhooks: { forward: [{ url: receiver.url }] } });
    const error = await errorOf(server.stripe.customers.create({ payment_method: 'pm_card_chargeDeclined' }));
    await server.sim.webhooks.settled();
    expect(error.statusCode).toBe(402);
    expect((await server.stripe.events.list()).data).toEqual([]);
    expect(receiver.types()).toEqual([]);
  });

  it('name the request and its idempotency key, and no request when the simulator acted by itself', async () => {
    await using server = await connect();
    const { stripe, sim } = server;
    const customer = await stripe.customers.create({}, { idempotencyKey: 'key-1' });
    await stripe.billing.creditGrants.create({
      customer: customer.id,
      amount: { type: 'monetary', monetary: { currency: 'usd', value: 500 } },
      applicability_config: { scope: { price_type: 'metered' } },
      expires_at: START_SEC + 86_400,
    });
    await sim.advance(2 * DAY_MS);
    const { data } = await stripe.events.list({ type: 'billing.credit_balance_transaction.created' });
    expect(data.map(({ request }) => request?.id ?? null)).toEqual([null, expect.stringMatching(/^req_/)]);
    const [born] = (await stripe.events.list({ type: 'customer.created' })).data;
    expect(born?.request).toEqual({
      id: customer.lastResponse.requestId,
      idempotency_key: 'key-1',
    });
  });

  it('are filtered by type, by a wildcard, by several types and by time', async () => {
    await using server = await connect();
    const { stripe, sim } = server;
    const meter = await createMeter(stripe, 'calls');
    await sim.advance(HOUR_MS);
    await stripe.billing.meters.deactivate(meter.id);
    await stripe.billing.meters.reactivate(meter.id);
    const types = async (params: Stripe.EventListParams): Promise<string[]> =>
      (await stripe.events.list(params)).data.map(({ type }) => type);
    expect(await types({ type: 'billing.meter.*' })).toEqual([
      'billing.meter.reactivated',
      'billing.meter.deactivated',
      'billing.meter.created',
    ]);
    expect(await types({ type: 'billing.meter.created' })).toEqual(['billing.meter.created']);
    expect(await types({ types: ['billing.meter.created', 'billing.meter.deactivated'] })).toEqual([
      'billing.meter.deactivated',
      'billing.meter.created',
    ]);
    expect(await types({ created: { gt: START_SEC } })).toHaveLength(2);
    expect(await types({ created: { lte: START_SEC } })).toEqual(['billing.meter.created']);
    expect(await types({ delivery_success: false })).toEqual([]);
    const error = await errorOf(stripe.events.list({ type: 'a', types: ['b'] }));
    expect([error.statusCode, error.param]).toEqual([400, 'types']);
  });

  it('can be read for 30 days', async () => {
    await using server = await connect();
    const { stripe, sim } = server;
    await createMeter(stripe, 'calls');
    const [event] = (await stripe.events.list()).data;
    await sim.advance(30 * DAY_MS - 1_000);
    expect((await stripe.events.retrieve(event?.id ?? '')).id).toBe(event?.id);
    await sim.advance(1_000);
    expect((await stripe.events.list()).data).toEqual([]);
    const error = await errorOf(stripe.events.retrieve(event?.id ?? ''));
    expect([error.statusCode, error.code]).toEqual([404, 'resource_missing']);
  });

  it.each([
    [false, START_SEC],
    [true, START_SEC + 3_600],
  ])(
    'of a customer on a test clock carry that clock’s time: %s',
    async (eventTimesFollowTestClock, created) => {
      await using server = await connect({ assumptions: { eventTimesFollowTestClock } });
      const { stripe } = server;
      const clock = await stripe.testHelpers.testClocks.create({ frozen_time: START_SEC + 3_600 });
      const customer = await stripe.customers.create({ test_clock: clock.id });
      await stripe.customers.update(customer.id, { name: 'Ada' });
      const [event] = (await stripe.events.list({ type: 'customer.updated' })).data;
      expect(event?.created).toBe(created);
    },
  );

  it('page in both directions', async () => {
    await using server = await connect();
    for (const name of ['a', 'b', 'c', 'd', 'e']) await createMeter(server.stripe, name);
    const all = await server.stripe.events.list({ limit: 2 }).autoPagingToArray({ limit: 100 });
    expect(all).toHaveLength(5);
    expect(new Set(all.map(({ id }) => id)).size).toBe(5);
    const back = await server.stripe.events.list({ limit: 2, ending_before: all[4]?.id ?? '' });
    expect(back.data.map(({ id }) => id)).toEqual([all[2]?.id, all[3]?.id]);
  });

  it('are resent by the call that the Stripe CLI makes', async () => {
    await using server = await connect();
    await createMeter(server.stripe, 'calls');
    const [event] = (await server.stripe.events.list()).data;
    const answer = await send(
      server.sim,
      'POST',
      `/v1/events/${event?.id}/retry`,
      'webhook_endpoint=we_none',
    );
    expect(answer.status).toBe(400);
    const fine = await send(server.sim, 'POST', `/v1/events/${event?.id}/retry`, 'for_stripecli=true');
    expect(fine.status).toBe(200);
  });
});

describe('credit grant events', () => {
  it('tell of grants, changes and every movement of the ledger', async () => {
    await using server = await connect();
    const { stripe } = server;
    const customer = await stripe.customers.create({});
    const grant = await stripe.billing.creditGrants.create({
      customer: customer.id,
      amount: { type: 'monetary', monetary: { currency: 'usd', value: 500 } },
      applicability_config: { scope: { price_type: 'metered' } },
    });
    await stripe.billing.creditGrants.update(grant.id, { metadata: { topup: '1' } });
    await stripe.billing.creditGrants.voidGrant(grant.id);
    const events = (await stripe.events.list({ type: 'billing.credit*' })).data.toReversed();
    expect(events.map(({ type }) => type)).toEqual([
      'billing.credit_grant.created',
      'billing.credit_balance_transaction.created',
      'billing.credit_grant.updated',
      'billing.credit_grant.updated',
      'billing.credit_balance_transaction.created',
    ]);
    expect(events[2]?.data.previous_attributes).toEqual({ metadata: { topup: null } });
    expect(events[3]?.data.previous_attributes).toEqual({ voided_at: null });
    expect(events[4]?.data.object).toMatchObject({
      credit_grant: grant.id,
      debit: { type: 'credits_voided', amount: { monetary: { value: 500 } } },
    });
  });
});
