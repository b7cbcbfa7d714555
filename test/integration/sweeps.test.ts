import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refusalOf, usd } from './stripe-world.ts';
import { hourMs, minuteMs, startTopUpWorld, type TopUpWorld } from './top-up-world.ts';

let world: TopUpWorld;
beforeEach(async () => {
  world = await startTopUpWorld();
});
afterEach(() => world.close());

/** As a schedule of the host does it. */
async function sweepEveryFiveMinutes(times: number): Promise<void> {
  for (let n = 0; n < times; n += 1) {
    await world.simulator.advance(5 * minuteMs);
    await world.sweep();
  }
}

/** How many requests for such paths Stripe had since `from`. */
const countCalls = (from: number, path: string) =>
  [...world.simulator.requests].slice(from).filter((request) => request.path.startsWith(path)).length;

describe('a purchase that Stripe does not know any more', () => {
  it('is asked for ever more rarely, and the operator is told', async () => {
    const { topUpId } = await world.start();
    const db = await world.db();
    await db.updateTable('top_up_payments').set({ payment_id: 'cs_test_gone' }).execute();
    const from = world.callCount();
    await sweepEveryFiveMinutes(60);
    expect(countCalls(from, '/v1/checkout/sessions/cs_test_gone')).toBeGreaterThan(1);
    expect(countCalls(from, '/v1/checkout/sessions/cs_test_gone')).toBeLessThan(6);
    expect(await world.stuck()).toMatchObject([{ topUpId, stuck: 'unreadable' }]);
  });

  it('hides none that was paid, however many there are', async () => {
    const { topUpId } = await world.start();
    await world.pay();
    const db = await world.db();
    const row = await db.selectFrom('top_ups').selectAll().executeTakeFirstOrThrow();
    const payment = await db.selectFrom('top_up_payments').selectAll().executeTakeFirstOrThrow();
    for (let n = 0; n < 405; n += 1) {
      const id = `tu_-${String(n).padStart(4, '0')}`;
      await db
        .insertInto('top_ups')
        .values({ ...row, top_up_id: id, customer_id: 'cus_old' })
        .execute();
      await db
        .insertInto('top_up_payments')
        .values({
          ...payment,
          top_up_id: id,
          idempotency_key: id,
          payment_id: `cs_test_${n}`,
          intent_id: null,
        })
        .execute();
    }
    await world.simulator.advance(hourMs);
    expect((await world.sweep()).topUps).toEqual({ looked: 406, failed: 405 });
    expect((await world.inspect(topUpId)).row).toMatchObject({ state: 'granted', credited_minor: 1000 });
    expect(await world.given()).toBe(1000);
    expect((await world.sweep()).topUps).toEqual({ looked: 0, failed: 0 });
  });
});

describe('a sweep', () => {
  it('that a schedule calls every five minutes asks for missed events once an hour', async () => {
    await world.sweep();
    const from = world.callCount();
    await sweepEveryFiveMinutes(12);
    expect(countCalls(from, '/v1/events')).toBeLessThanOrEqual(2);
    expect(world.callCount() - from).toBeLessThanOrEqual(2);
  });
});

describe('a customer who looks at an unpaid purchase', () => {
  it('does not use up the looks of the sweep', async () => {
    const { topUpId } = await world.start();
    const { look_at_ms: dueMs } = (await world.inspect(topUpId)).row;
    for (let n = 0; n < 7; n += 1) await world.status(topUpId);
    const { row } = await world.inspect(topUpId);
    expect([row.looks, row.look_at_ms]).toEqual([0, dueMs]);
    await world.pay();
    await world.simulator.advance((dueMs ?? 0) - world.simulator.nowMs());
    await world.sweep();
    expect((await world.inspect(topUpId)).row.state).toBe('granted');
    expect(await world.given()).toBe(1000);
  });

  it('ten times at once makes ten readings, not one for each change of another', async () => {
    const { topUpId } = await world.start();
    const from = world.callCount();
    await Promise.all(Array.from({ length: 10 }, () => world.status(topUpId)));
    expect(world.callCount() - from).toBeLessThanOrEqual(10);
  });
});

describe('a bonus', () => {
  const bonus = (known: object = {}) => ({
    customerId: world.customer,
    key: 'k',
    amount: usd(500),
    reason: 'Sorry',
    ...known,
  });
  const give = (known: object = {}) => world.meterboard.credits.grant(bonus(known));

  it('for a customer who does not exist is refused and leaves nothing to be looked at', async () => {
    expect((await refusalOf(give({ customerId: 'cus_typo' }))).code).toBe('customer_not_found');
    const from = world.callCount();
    for (let n = 0; n < 24; n += 1) {
      await world.simulator.advance(hourMs);
      expect((await world.sweep()).bonuses).toEqual({ looked: 0, failed: 0 });
    }
    expect(countCalls(from, '/v1/billing')).toBe(0);
    expect(await world.stuck()).toEqual([]);
  });

  it('that Stripe refuses until it has expired is told to the operator and not asked for any more', async () => {
    world.simulator.faults.failNext({ path: /credit_grants$/, method: 'POST', status: 400, times: 1 });
    const expiresAtMs = world.simulator.nowMs() + minuteMs;
    const { bonusId } = await give({ expiresAtMs });
    for (let n = 0; n < 10; n += 1) {
      await world.simulator.advance(hourMs);
      await world.sweep();
    }
    const from = world.callCount();
    await world.simulator.advance(hourMs);
    await world.sweep();
    expect(countCalls(from, '/v1/billing')).toBe(0);
    expect(await world.stuck()).toMatchObject([{ topUpId: bonusId, stuck: 'grant_refused', lookAtMs: null }]);
    expect(await give({ expiresAtMs })).toMatchObject({ bonusId, state: 'granting', stuck: 'grant_refused' });
    expect(await world.given()).toBe(0);
  });
});

describe('an actor that the host names', () => {
  it.each([
    ['with a zero byte', 'a\0b', 'customer:ab'],
    ['of any length', 'a'.repeat(5_000), `customer:${'a'.repeat(200)}`],
  ])('%s is kept as text that a table can hold', async (_, actor, kept) => {
    const { state, topUpId } = await world.start({}, actor);
    expect(state).toBe('open');
    expect((await world.inspect(topUpId)).audit[0]?.actor).toBe(kept);
  });
});
