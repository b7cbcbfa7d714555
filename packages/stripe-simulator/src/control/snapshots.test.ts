import { describe, expect, it } from 'vitest';
import { connect, DAY_MS, report, START_MS, START_SEC, send, subscribeMetered } from '../testing/connect.ts';

describe('a snapshot', () => {
  it('brings rows, usage, credits, keys, identifiers, waiting work and time back, and the same future follows', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const { customer } = await subscribeMetered(stripe);
    await report(stripe, customer.id, 250);
    await stripe.billing.creditGrants.create({
      customer: customer.id,
      amount: { type: 'monetary', monetary: { currency: 'usd', value: 100 } },
      applicability_config: { scope: { price_type: 'metered' } },
    });
    const snapshot = sim.snapshot();
    const future = async () => {
      const key = await stripe.customers.create({ name: 'Later' }, { idempotencyKey: 'later' });
      await stripe.billing.meterEvents.create({
        event_name: 'units',
        payload: { stripe_customer_id: customer.id, value: '50' },
        identifier: 'later',
      });
      await sim.advance(35 * DAY_MS);
      const [invoices, balance, events] = [
        await stripe.invoices.list({ customer: customer.id }),
        await stripe.billing.creditBalanceTransactions.list({ customer: customer.id }),
        await stripe.events.list({ limit: 100 }),
      ];
      return JSON.stringify([
        key.id,
        invoices.data,
        balance.data,
        events.data.map(({ id, type }) => [id, type]),
      ]);
    };
    const first = await future();
    snapshot.restore();
    expect(sim.nowMs()).toBe(START_MS);
    expect((await stripe.invoices.list({ customer: customer.id })).data).toEqual([]);
    expect((await stripe.customers.list()).data).toHaveLength(1);
    expect(await future()).toBe(first);
    expect(JSON.parse(first)[1]).toHaveLength(1);
  });

  it('holds test clocks, also one that is advancing', async () => {
    await using server = await connect({ assumptions: { testClockReadyOnRead: false } });
    const { sim, stripe } = server;
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: START_SEC });
    await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: START_SEC + 60 });
    const snapshot = sim.snapshot();
    await sim.advance(10_000);
    expect((await stripe.testHelpers.testClocks.retrieve(clock.id)).status).toBe('ready');
    snapshot.restore();
    expect((await stripe.testHelpers.testClocks.retrieve(clock.id)).status).toBe('advancing');
    await sim.advance(10_000);
    expect(await stripe.testHelpers.testClocks.retrieve(clock.id)).toMatchObject({
      status: 'ready',
      frozen_time: START_SEC + 60,
    });
  });

  it('resets a request that waits while it is restored: one key, one customer', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const snapshot = sim.snapshot();
    sim.faults.setLatency(300);
    const create = () =>
      send(sim, 'POST', '/v1/customers', 'name=Ada', { 'idempotency-key': 'ada' }).then(
        ({ status }) => status,
        () => 'reset',
      );
    const both = [create(), create()];
    expect(await Promise.race(both)).toBe(409);
    snapshot.restore();
    sim.faults.setLatency(0);
    expect([await create(), await create()]).toEqual([200, 200]);
    expect(await Promise.all(both)).toContain('reset');
    expect((await stripe.customers.list()).data).toHaveLength(1);
  });

  it('lets a live clock tick on from where it was', async () => {
    await using server = await connect({ frozen: false });
    const snapshot = server.sim.snapshot();
    await server.sim.advance(DAY_MS);
    snapshot.restore();
    const elapsedMs = server.sim.nowMs() - snapshot.takenAtMs;
    expect(elapsedMs).toBeGreaterThanOrEqual(0);
    expect(elapsedMs).toBeLessThan(10_000);
  });
});
