import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { connect, errorOf, START_MS, send } from '../testing/connect.ts';
import { startReceiver } from '../testing/receiver.ts';

const base = {
  name: 'billing',
  type: 'webhook_endpoint',
  event_payload: 'snapshot',
  enabled_events: ['billing.meter.created'],
} satisfies Partial<Stripe.V2.Core.EventDestinationCreateParams>;

describe('event destinations', () => {
  it('show url and secret only when they are asked for', async () => {
    await using server = await connect();
    const { eventDestinations } = server.stripe.v2.core;
    const plain = await eventDestinations.create({
      ...base,
      webhook_endpoint: { url: 'https://shop.example/a' },
    });
    expect({ ...plain }).toEqual({
      id: plain.id,
      object: 'v2.core.event_destination',
      created: '2026-09-01T00:00:00.000Z',
      description: '',
      enabled_events: ['billing.meter.created'],
      event_payload: 'snapshot',
      events_from: ['@self'],
      livemode: false,
      metadata: {},
      name: 'billing',
      status: 'enabled',
      type: 'webhook_endpoint',
      updated: '2026-09-01T00:00:00.000Z',
      webhook_endpoint: {},
    });
    const open = await eventDestinations.create({
      ...base,
      snapshot_api_version: '2026-10-28.endive',
      webhook_endpoint: { url: 'https://shop.example/b' },
      include: ['webhook_endpoint.url', 'webhook_endpoint.signing_secret'],
    });
    expect(open.snapshot_api_version).toBe('2026-10-28.endive');
    expect(open.webhook_endpoint?.url).toBe('https://shop.example/b');
    expect(open.webhook_endpoint?.signing_secret).toMatch(/^whsec_\w{32}$/);
    const read = await eventDestinations.retrieve(open.id, { include: ['webhook_endpoint.url'] });
    expect(read.webhook_endpoint).toEqual({ url: 'https://shop.example/b' });
  });

  it('are listed page by page, changed and deleted', async () => {
    await using server = await connect();
    const { eventDestinations } = server.stripe.v2.core;
    for (const name of ['a', 'b', 'c']) {
      await eventDestinations.create({
        ...base,
        name,
        webhook_endpoint: { url: `https://shop.example/${name}` },
      });
    }
    const rows = [];
    for await (const row of eventDestinations.list({ limit: 2, include: ['webhook_endpoint.url'] }))
      rows.push(row);
    expect(rows.map(({ name, webhook_endpoint: at }) => [name, at?.url])).toEqual([
      ['c', 'https://shop.example/c'],
      ['b', 'https://shop.example/b'],
      ['a', 'https://shop.example/a'],
    ]);
    const id = rows[0]?.id ?? '';
    await server.sim.advance(1_000);
    const updated = await eventDestinations.update(id, {
      name: 'renamed',
      description: 'for the shop',
      enabled_events: ['*'],
      metadata: { team: 'x' },
      webhook_endpoint: { url: 'https://shop.example/new' },
      include: ['webhook_endpoint.url'],
    });
    expect(updated).toMatchObject({
      name: 'renamed',
      description: 'for the shop',
      enabled_events: ['*'],
      metadata: { team: 'x' },
      updated: '2026-09-01T00:00:01.000Z',
      webhook_endpoint: { url: 'https://shop.example/new' },
    });
    expect((await eventDestinations.del(id)).id).toBe(id);
    expect((await errorOf(eventDestinations.retrieve(id))).statusCode).toBe(404);
  });

  it('carry snapshots that the SDK accepts, and nothing while disabled', async () => {
    await using receiver = await startReceiver();
    await using server = await connect();
    const { stripe, sim } = server;
    const destination = await stripe.v2.core.eventDestinations.create({
      ...base,
      webhook_endpoint: { url: receiver.url },
      include: ['webhook_endpoint.signing_secret'],
    });
    const make = async (name: string): Promise<void> => {
      await stripe.billing.meters.create({
        display_name: name,
        event_name: name,
        default_aggregation: { formula: 'count' },
      });
      await sim.webhooks.settled();
    };
    await make('a');
    const off = await stripe.v2.core.eventDestinations.disable(destination.id);
    expect([off.status, off.status_details]).toEqual(['disabled', { disabled: { reason: 'user' } }]);
    await make('b');
    const on = await stripe.v2.core.eventDestinations.enable(destination.id);
    expect([on.status, on.status_details]).toEqual(['enabled', undefined]);
    await make('c');
    const secret = destination.webhook_endpoint?.signing_secret ?? '';
    const names = receiver.received.map(({ body, signature }) => {
      const event = stripe.webhooks.constructEvent(body, signature, secret, 300, undefined, START_MS);
      return event.type === 'billing.meter.created' ? event.data.object.display_name : event.type;
    });
    expect(names).toEqual(['a', 'c']);
  });

  it('are pinged with a thin event that leads back to them', async () => {
    await using receiver = await startReceiver();
    await using server = await connect();
    const { stripe, sim } = server;
    const destination = await stripe.v2.core.eventDestinations.create({
      ...base,
      event_payload: 'thin',
      enabled_events: ['v1.billing.meter.no_meter_found'],
      webhook_endpoint: { url: receiver.url },
      include: ['webhook_endpoint.signing_secret'],
    });
    const ping = await stripe.v2.core.eventDestinations.ping(destination.id);
    await sim.webhooks.settled();
    const { body = '', signature = '' } = receiver.received[0] ?? {};
    const secret = destination.webhook_endpoint?.signing_secret ?? '';
    const got = stripe.parseEventNotification(body, signature, secret, 300, undefined, START_MS);
    expect([got.id, got.type]).toEqual([ping.id, 'v2.core.event_destination.ping']);
    if (got.type !== 'v2.core.event_destination.ping') throw new Error(got.type);
    expect((await got.fetchRelatedObject()).id).toBe(destination.id);
  });

  it.each<[object, number, string]>([
    [{ event_payload: 'thin' }, 400, 'a snapshot type for a thin payload'],
    [{ event_payload: 'thin', enabled_events: ['v1.invoice.payed'] }, 400, 'an unknown thin type'],
    [{ enabled_events: ['v1.invoice.paid'] }, 400, 'a thin type for snapshots'],
    [{ enabled_events: [] }, 400, 'no events'],
    [{ webhook_endpoint: { url: 'javascript:alert(1)' } }, 400, 'a url that is not http'],
    [{ name: undefined }, 400, 'no name'],
    [{ surprise: true }, 400, 'an unknown field'],
    [{ type: 'amazon_eventbridge' }, 501, 'another transport'],
    [
      {
        event_payload: 'thin',
        enabled_events: ['v1.invoice.paid'],
        snapshot_api_version: '2026-10-28.endive',
      },
      400,
      'an api version for thin events',
    ],
  ])('refuse %j with %i: %s', async (change, status, _reason) => {
    await using server = await connect();
    const body = { ...base, webhook_endpoint: { url: 'https://shop.example/' }, ...change };
    const answer = await send(server.sim, 'POST', '/v2/core/event_destinations', JSON.stringify(body), {
      'content-type': 'application/json',
    });
    expect(answer.status).toBe(status);
  });
});
