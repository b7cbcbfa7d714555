import { describe, expect, it } from 'vitest';
import { connect, errorOf, START_SEC, send } from '../testing/connect.ts';
import { startReceiver } from '../testing/receiver.ts';

const URL_OF_SHOP = 'https://shop.example/webhooks';

describe('webhook endpoints', () => {
  it('show their secret at creation and never again', async () => {
    await using server = await connect();
    const { stripe } = server;
    const { secret, ...created } = await stripe.webhookEndpoints.create({
      url: URL_OF_SHOP,
      enabled_events: ['invoice.paid', 'invoice.paid', 'billing.meter.created'],
      api_version: '2026-10-28.endive',
      description: 'the shop',
      metadata: { team: 'billing' },
    });
    expect(secret).toMatch(/^whsec_\w{32}$/);
    expect(created).toMatchObject({
      object: 'webhook_endpoint',
      api_version: '2026-10-28.endive',
      application: null,
      created: START_SEC,
      description: 'the shop',
      enabled_events: ['invoice.paid', 'billing.meter.created'],
      metadata: { team: 'billing' },
      status: 'enabled',
      url: URL_OF_SHOP,
    });
    const read = await stripe.webhookEndpoints.retrieve(created.id);
    expect(read).not.toHaveProperty('secret');
    expect({ ...read }).toEqual({ ...created });
    expect((await stripe.webhookEndpoints.list()).data).toEqual([{ ...created }]);
  });

  it('are changed, disabled and deleted, and then get nothing', async () => {
    await using receiver = await startReceiver();
    await using server = await connect();
    const { stripe, sim } = server;
    const endpoint = await stripe.webhookEndpoints.create({ url: URL_OF_SHOP, enabled_events: ['*'] });
    const updated = await stripe.webhookEndpoints.update(endpoint.id, {
      url: receiver.url,
      enabled_events: ['customer.created'],
      description: '',
      metadata: { a: '1' },
    });
    expect(updated).toMatchObject({ url: receiver.url, description: null, metadata: { a: '1' } });
    const make = async (): Promise<number> => {
      await stripe.customers.create({});
      await sim.webhooks.settled();
      return receiver.received.length;
    };
    expect(await make()).toBe(1);
    const disabled = await stripe.webhookEndpoints.update(endpoint.id, { disabled: true });
    expect([disabled.status, await make()]).toEqual(['disabled', 1]);
    await stripe.webhookEndpoints.update(endpoint.id, { disabled: false });
    expect(await make()).toBe(2);
    expect({ ...(await stripe.webhookEndpoints.del(endpoint.id)) }).toEqual({
      id: endpoint.id,
      object: 'webhook_endpoint',
      deleted: true,
    });
    expect(await make()).toBe(2);
    expect((await errorOf(stripe.webhookEndpoints.retrieve(endpoint.id))).statusCode).toBe(404);
    expect((await stripe.webhookEndpoints.list()).data).toEqual([]);
  });

  it('that are disabled before a retry get no retry', async () => {
    await using receiver = await startReceiver();
    await using server = await connect();
    const { stripe, sim } = server;
    receiver.answer = 500;
    const endpoint = await stripe.webhookEndpoints.create({ url: receiver.url, enabled_events: ['*'] });
    await stripe.customers.create({});
    await sim.webhooks.settled();
    await stripe.webhookEndpoints.update(endpoint.id, { disabled: true });
    await sim.advance(86_400_000);
    expect(receiver.received).toHaveLength(1);
    expect(sim.webhooks.deliveries({ type: 'customer.created' })[0]?.state).toBe('canceled');
  });

  it('each get their own delivery with their own signature', async () => {
    await using a = await startReceiver();
    await using b = await startReceiver();
    await using server = await connect();
    const { stripe, sim } = server;
    await stripe.webhookEndpoints.create({ url: a.url, enabled_events: ['customer.created'] });
    await stripe.webhookEndpoints.create({ url: b.url, enabled_events: ['*'] });
    b.answer = 500;
    await stripe.customers.create({});
    await sim.webhooks.settled();
    expect([a.types(), b.types()]).toEqual([['customer.created'], ['customer.created']]);
    expect(a.received[0]?.signature).not.toBe(b.received[0]?.signature);
    const [event] = (await stripe.events.list()).data;
    expect(event?.pending_webhooks).toBe(1);
    expect((await stripe.events.list({ delivery_success: false })).data).toHaveLength(1);
  });

  it.each([
    ['url=ftp://shop.example&enabled_events[]=*', 400, 'url'],
    ['url=https://shop.example&enabled_events[]=invoice.payed', 400, 'enabled_events[0]'],
    ['url=https://shop.example', 400, 'enabled_events'],
    ['url=https://shop.example&enabled_events[]=*&api_version=latest', 400, 'api_version'],
    ['url=https://shop.example&enabled_events[]=*&api_version=2020-08-27', 501, undefined],
    ['url=https://shop.example&enabled_events[]=*&connect=true', 501, undefined],
    ['url=https://shop.example&enabled_events[]=*&secret=x', 400, 'secret'],
  ])('refuse %s with %i', async (form, status, param) => {
    await using server = await connect();
    const answer = await send(server.sim, 'POST', '/v1/webhook_endpoints', form);
    const { error } = await answer.json();
    expect([answer.status, error.param]).toEqual([status, param]);
    expect((await server.stripe.webhookEndpoints.list()).data).toEqual([]);
  });

  it('are at most 16, destinations included', async () => {
    await using server = await connect();
    const create = () =>
      server.stripe.webhookEndpoints.create({ url: URL_OF_SHOP, enabled_events: ['invoice.paid'] });
    const first = await create();
    for (let made = 1; made < 16; made += 1) await create();
    expect((await errorOf(create())).message).toContain('maximum of 16');
    await server.stripe.webhookEndpoints.del(first.id);
    expect((await create()).status).toBe('enabled');
  });
});
