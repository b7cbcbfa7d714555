import { createMeterboard } from '@meterboard/server';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeStore } from '../../packages/server/src/testing/describe-stores.ts';
import { buildAccount, connect, createLog, startWorld } from './stripe-world.ts';

const dayMs = 86_400_000;
const nowMs = Date.UTC(2026, 2, 20, 12);

describeStore('two processes on one database', 'postgres', (store) => {
  let world: Awaited<ReturnType<typeof startWorld>>;
  let account: Awaited<ReturnType<typeof buildAccount>>;
  beforeEach(async () => {
    world = await startWorld('empty', nowMs - 60 * dayMs);
    account = await buildAccount(world.client);
    await world.client.billing.meterEvents.create({
      event_name: 'api_calls',
      payload: { stripe_customer_id: account.first, value: '9' },
    });
    await world.simulator.advanceTo(nowMs);
  });
  afterEach(() => world.close());

  const createProcess = (options: { monthlyGets?: number } = {}) =>
    createMeterboard({
      stripe: { client: world.client },
      identify: () => ({ customerId: account.first }),
      nowMs: world.simulator.nowMs,
      logger: createLog().logger,
      store: store.asStore(),
      cache: { account: 'together' },
      budget: { perSecond: 1_000, perEndpointPerSecond: 1_000, ...options },
    });

  it('read usage that is final once', async () => {
    const read = (meterboard: ReturnType<typeof createProcess>) =>
      connect(meterboard).usage.series.query({
        range: { kind: 'between', startMs: nowMs - 61 * dayMs, endMs: nowMs - 58 * dayMs },
        bucket: 'day',
        timeZone: 'UTC',
      });
    const [first, second] = [createProcess(), createProcess()];
    const before = await read(first);
    await expect.poll(() => store.db.selectFrom('usage_windows').selectAll().execute()).not.toEqual([]);
    world.simulator.requests.clear();
    const after = await read(second);
    expect(world.simulator.requests.callCount({ path: /event_summaries/ })).toBe(0);
    expect(after.series).toEqual(before.series);
    expect(after.series[0]?.total).toBe('9');
  });

  it('keep no row for a comparison whose end moves with the clock', async () => {
    const meterboard = createProcess();
    const rows = () => store.db.selectFrom('usage_windows').selectAll().execute();
    const compare = () =>
      connect(meterboard).usage.series.query({
        range: { kind: 'between', startMs: nowMs - 40 * dayMs, endMs: nowMs + 2 * dayMs },
        bucket: 'day',
        timeZone: 'UTC',
        compare: true,
      });
    await world.simulator.advance(7 * 60_000);
    expect((await compare()).series[0]?.previous).toMatchObject({ total: expect.any(String) });
    await expect.poll(rows).not.toEqual([]);
    const before = (await rows()).length;
    for (let minute = 0; minute < 3; minute += 1) {
      await world.simulator.advance(60_000);
      await compare();
    }
    await new Promise((done) => setTimeout(done, 200));
    expect(await rows()).toHaveLength(before);
  });

  it('show credits that the other one gave within a second', async () => {
    const [first, second] = [createProcess(), createProcess()];
    const remaining = async () =>
      (await connect(second).credits.balance.query()).balances[0]?.remaining.amountMinor ?? 0;
    const before = await remaining();
    await first.credits.grant({
      customerId: account.first,
      key: 'goodwill-1',
      amount: { amountMinor: 250, currency: 'usd' },
      reason: 'goodwill',
    });
    await expect.poll(remaining, { timeout: 5_000 }).toBe(before + 250);
  });

  it('spend one budget of readings', async () => {
    const first = createProcess({ monthlyGets: 10 });
    await connect(first).overview.query({ timeZone: 'UTC' });
    await first.close();
    const second = createProcess({ monthlyGets: 10 });
    await connect(second)
      .meters.list.query()
      .catch(() => null);
    await expect.poll(() => second.stats().month.gets).toBeGreaterThanOrEqual(10);
    const overview = await connect(second).overview.query({ timeZone: 'UTC' });
    expect(overview.credits).toMatchObject({ ok: false, error: { code: 'provider_rate_limited' } });
  });
});
