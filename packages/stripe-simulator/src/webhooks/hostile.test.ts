import { describe, expect, it } from 'vitest';
import { connect, DAY_MS } from '../testing/connect.ts';
import { startReceiver } from '../testing/receiver.ts';

const EVENTS = 2_000;

describe('hostile delivery of thousands', () => {
  it('shuffles, doubles, delays, loses and repeats without losing count of anything, in seconds', async () => {
    await using receiver = await startReceiver();
    await using server = await connect({
      webhooks: { forward: [{ url: receiver.url, events: ['customer.created'] }], automatic: false },
    });
    const { sim, stripe } = server;
    sim.webhooks.configure({ order: 'shuffled', concurrency: 'concurrent' });
    sim.webhooks.disturb({ action: 'delay', times: 200, delaySec: 86_400 });
    for (let from = 0; from < EVENTS; from += 100)
      await Promise.all(Array.from({ length: 100 }, () => stripe.customers.create()));
    sim.webhooks.disturb({ action: 'drop', times: 300 });
    sim.webhooks.disturb({ action: 'duplicate', times: 1_000 });
    const startMs = Date.now();
    await sim.webhooks.settled();
    expect(receiver.received).toHaveLength(EVENTS - 200 - 300 + 1_000);
    await sim.advance(DAY_MS);
    const ids = receiver.received.map(({ body }): string => JSON.parse(body).id);
    expect(new Set(ids).size).toBe(EVENTS);
    expect(ids).toHaveLength(EVENTS + 1_000);
    expect(sim.webhooks.deliveries({ state: 'delivered' })).toHaveLength(EVENTS);
    const emitted = new Map(sim.webhooks.deliveries().map(({ eventId }, index) => [eventId, index]));
    const places = ids.slice(0, 50).map((id) => emitted.get(id) ?? 0);
    expect(Math.max(...places)).toBeGreaterThan(EVENTS / 2);
    for (const id of new Set(ids)) sim.webhooks.resend(id);
    await sim.webhooks.settled();
    expect(receiver.received).toHaveLength(2 * EVENTS + 1_000);
    expect(Date.now() - startMs).toBeLessThan(20_000);
  });

  it('hands both copies over at once when deliveries are concurrent', async () => {
    await using receiver = await startReceiver();
    await using server = await connect({
      webhooks: { forward: [{ url: receiver.url }], concurrency: 'concurrent', automatic: false },
    });
    let open = 0;
    let most = 0;
    receiver.answer = async () => {
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setTimeout(resolve, 30));
      open -= 1;
      return 200;
    };
    server.sim.webhooks.disturb({ action: 'duplicate' });
    await server.stripe.customers.create();
    await server.sim.webhooks.settled();
    expect([most, receiver.received.length]).toEqual([2, 2]);
  });

  it('resends events that are months old, to a receiver that came later', async () => {
    await using receiver = await startReceiver();
    await using server = await connect();
    const { sim, stripe } = server;
    await stripe.customers.create({ name: 'Ada' });
    const [event] = (await stripe.events.list()).data;
    await sim.advance(90 * DAY_MS);
    const { id } = sim.webhooks.forward({ url: receiver.url });
    sim.webhooks.resend(event?.id ?? '', id);
    await sim.webhooks.settled();
    expect(receiver.received.map(({ body }) => JSON.parse(body).data.object.name)).toEqual(['Ada']);
  });
});
