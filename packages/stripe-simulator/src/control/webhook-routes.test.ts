import { describe, expect, it } from 'vitest';
import { type Connected, connect } from '../testing/connect.ts';
import { startReceiver } from '../testing/receiver.ts';

async function control(
  { sim }: Connected,
  method: string,
  path: string,
  body: object = {},
): Promise<{ status: number; json: Record<string, unknown> }> {
  const response = await fetch(`${sim.url}/_simulator/webhooks/${path}`, {
    method,
    ...(method === 'POST'
      ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
      : {}),
  });
  return { status: response.status, json: await response.json() };
}

describe('the switches for webhooks over HTTP', () => {
  it('forward, disturb, hold back, reorder and tell what was delivered', async () => {
    await using receiver = await startReceiver();
    await using server = await connect();
    const { json } = await control(server, 'POST', 'forward', {
      url: receiver.url,
      events: ['customer.created'],
      secret: 'whsec_mine',
    });
    await control(server, 'POST', 'settings', { order: 'reversed', retries: [60] });
    await control(server, 'POST', 'disturb', { action: 'duplicate', types: ['customer.*'] });
    await control(server, 'POST', 'pause');
    const first = await server.stripe.customers.create({ name: 'first' });
    await server.stripe.customers.create({ name: 'second' });
    await control(server, 'POST', 'resume');
    const settled = await control(server, 'POST', 'settled');
    expect(settled.json).toMatchObject({ deliveries: [{ state: 'delivered' }, { state: 'delivered' }] });
    const names = receiver.received.map(({ body }) => JSON.parse(body).data.object.name);
    expect(names).toEqual(['second', 'second', 'first']);
    const [event] = (await server.stripe.events.list({ type: 'customer.created' })).data.slice(-1);
    expect(event?.data.object).toMatchObject({ id: first.id });
    await control(server, 'POST', 'resend', { event: event?.id });
    await control(server, 'POST', 'settled');
    expect(receiver.received).toHaveLength(4);
    const log = await control(server, 'GET', `deliveries?event=${event?.id}&state=delivered`);
    expect(log.json).toMatchObject({ deliveries: { length: 2 } });
    const rolled = await control(server, 'POST', 'roll-secret', { destination: json.id });
    expect((await control(server, 'GET', 'destinations')).json).toMatchObject({
      destinations: [{ id: json.id, secret: rolled.json.secret }],
    });
    expect((await control(server, 'GET', 'settings')).json).toMatchObject({
      order: 'reversed',
      retries: [60],
    });
  });

  it.each([
    ['POST', 'forward', { url: 'file:///etc/passwd' }],
    ['POST', 'disturb', { action: 'explode' }],
    ['POST', 'settings', { timeoutMs: 0 }],
    ['POST', 'settings', { retries: 'often' }],
    ['POST', 'resend', { event: 'evt_none' }],
    ['POST', 'roll-secret', { destination: 'we_none' }],
    ['GET', 'deliveries?state=lost', {}],
    ['GET', 'deliveries?colour=red', {}],
  ])('refuse %s %s %j in words', async (method, path, body) => {
    await using server = await connect();
    const answer = await control(server, method, path, body);
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ error: { message: expect.stringMatching(/\w+ \w+/) } });
  });
});
