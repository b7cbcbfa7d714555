import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { connect, HOUR_MS, START_MS } from '../testing/connect.ts';
import { startReceiver } from '../testing/receiver.ts';

async function listening() {
  const receiver = await startReceiver();
  const server = await connect({
    webhooks: { forward: [{ url: receiver.url, events: ['billing.meter.created'] }] },
  });
  const create = (stripe: Stripe, name: string) =>
    stripe.billing.meters.create({
      display_name: name,
      event_name: name,
      default_aggregation: { formula: 'sum' },
    });
  return {
    receiver,
    ...server,
    async createMeters(...names: string[]): Promise<void> {
      for (const name of names) await create(server.stripe, name);
    },
    names: (): string[] => receiver.received.map(({ body }) => JSON.parse(body).data.object.display_name),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await receiver[Symbol.asyncDispose]();
    },
  };
}

describe('disturbed deliveries', () => {
  it('sends a duplicated one twice, with the same event id', async () => {
    await using at = await listening();
    at.sim.webhooks.disturb({ action: 'duplicate', types: ['billing.*'] });
    await at.createMeters('a', 'b');
    await at.sim.webhooks.settled();
    expect(at.names()).toEqual(['a', 'a', 'b']);
    expect(new Set(at.receiver.received.map(({ body }) => JSON.parse(body).id)).size).toBe(2);
  });

  it('holds a delayed one back for its time on the clock', async () => {
    await using at = await listening();
    at.sim.webhooks.disturb({ action: 'delay', delaySec: 600 });
    await at.createMeters('late', 'prompt');
    await at.sim.webhooks.settled();
    expect(at.names()).toEqual(['prompt']);
    await at.sim.advance(599_000);
    expect(at.names()).toEqual(['prompt']);
    await at.sim.advance(1_000);
    expect(at.names()).toEqual(['prompt', 'late']);
    expect(at.receiver.received[1]?.signature).toContain(`t=${START_MS / 1_000 + 600},`);
  });

  it('loses a dropped one on the way, and retries it as any failure', async () => {
    await using at = await listening();
    at.sim.webhooks.disturb({ action: 'drop' });
    await at.createMeters('lost');
    await at.sim.webhooks.settled();
    expect(at.names()).toEqual([]);
    await at.sim.advance(HOUR_MS);
    expect(at.names()).toEqual(['lost']);
  });

  it('drops every attempt when asked to, until nothing is retried any more', async () => {
    await using at = await listening();
    at.sim.webhooks.disturb({ action: 'drop', times: Number.POSITIVE_INFINITY });
    await at.createMeters('lost');
    await at.sim.advance(24 * HOUR_MS);
    expect(at.names()).toEqual([]);
    expect(at.sim.webhooks.deliveries()).toMatchObject([{ state: 'failed', attempts: { length: 4 } }]);
    at.sim.webhooks.calm();
    await at.createMeters('found');
    await at.sim.webhooks.settled();
    expect(at.names()).toEqual(['found']);
  });

  it('reorders what gathered while paused: reversed, or shuffled the same way for the same seed', async () => {
    const sequence = async (order: 'reversed' | 'shuffled'): Promise<string[]> => {
      await using at = await listening();
      at.sim.webhooks.configure({ order });
      at.sim.webhooks.pause();
      await at.createMeters('a', 'b', 'c', 'd', 'e', 'f');
      await at.sim.webhooks.settled();
      expect(at.names()).toEqual([]);
      at.sim.webhooks.resume();
      await at.sim.webhooks.settled();
      return at.names();
    };
    expect(await sequence('reversed')).toEqual(['f', 'e', 'd', 'c', 'b', 'a']);
    const shuffled = await sequence('shuffled');
    expect(shuffled).not.toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(shuffled.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(await sequence('shuffled')).toEqual(shuffled);
  });

  it('sends one at a time unless set to concurrent', async () => {
    const most = async (concurrency: 'one-at-a-time' | 'concurrent'): Promise<number> => {
      await using at = await listening();
      at.sim.webhooks.configure({ concurrency });
      let open = 0;
      let peak = 0;
      at.receiver.answer = async () => {
        open += 1;
        peak = Math.max(peak, open);
        await new Promise((resolve) => setTimeout(resolve, 40));
        open -= 1;
        return 200;
      };
      at.sim.webhooks.pause();
      await at.createMeters('a', 'b', 'c');
      at.sim.webhooks.resume();
      await at.sim.webhooks.settled();
      expect(at.names()).toHaveLength(3);
      return peak;
    };
    expect(await most('one-at-a-time')).toBe(1);
    expect(await most('concurrent')).toBe(3);
  });

  it('resends an event on demand', async () => {
    await using at = await listening();
    await at.createMeters('a');
    await at.sim.webhooks.settled();
    const [event] = (await at.stripe.events.list()).data;
    at.sim.webhooks.resend(event?.id ?? '');
    await at.sim.webhooks.settled();
    expect(at.names()).toEqual(['a', 'a']);
    expect(() => at.sim.webhooks.resend('evt_none')).toThrow('There is no event evt_none.');
  });
});
