import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refusalOf } from './stripe-world.ts';
import { createGate, dayMs, hourMs, startTopUpWorld, type TopUpWorld } from './top-up-world.ts';

let world: TopUpWorld;
beforeEach(async () => {
  world = await startTopUpWorld();
});
afterEach(() => world.close());

/** How many of these were not refused; each refusal names the limit. */
async function countAllowed(all: Promise<unknown>[], limit: string): Promise<number> {
  const results = await Promise.allSettled(all);
  for (const result of results)
    if (result.status === 'rejected')
      expect(await refusalOf(Promise.reject(result.reason))).toMatchObject({
        code: 'top_up_disabled',
        limit,
      });
  return results.filter(({ status }) => status === 'fulfilled').length;
}

describe('at most ten purchases are open', () => {
  it('also when thirty are asked for at once', async () => {
    const all = Array.from({ length: 30 }, (_, n) => world.start({ attemptId: `attempt-par-${n}` }));
    expect(await countAllowed(all, 'at most 10 open payments')).toBe(10);
    expect(await world.sessions()).toHaveLength(10);
  });

  it('also when all of them have read the subscriptions before the first is written', async () => {
    const db = await world.db();
    const gate = createGate();
    let waiting = 0;
    let holding: Promise<unknown> | undefined;
    world.wire.afterEffect = async (request) => {
      if (!request.url?.startsWith('/v1/subscriptions')) return undefined;
      waiting += 1;
      // The only connection of the store is taken until all of them wait for it.
      if (waiting === 30) {
        holding = db.transaction().execute(() => setTimeout(300));
        gate.open();
      }
      await gate.opened;
      return undefined;
    };
    const all = Array.from({ length: 30 }, (_, n) => world.start({ attemptId: `attempt-gate-${n}` }));
    expect(await countAllowed(all, 'at most 10 open payments')).toBe(10);
    await holding;
    expect(await world.sessions()).toHaveLength(10);
  });
});

describe('at most five charges of an hour come to nothing', () => {
  it('also when thirty are asked for at once', async () => {
    world.simulator.payments.actAs(await world.saveCard(), 'pm_card_chargeDeclined');
    await Promise.allSettled(
      Array.from({ length: 30 }, (_, n) => world.oneClick({ attemptId: `attempt-dec-${n}` })),
    );
    expect((await world.intents()).map(({ status }) => status)).toHaveLength(5);
    expect(await world.charged()).toBe(0);
  });

  it('of one purchase, which goes on at the page', async () => {
    world.simulator.payments.actAs(await world.saveCard(), 'pm_card_chargeDeclined');
    const clicks = [];
    for (let n = 0; n < 8; n += 1) clicks.push(await world.oneClick().catch((error: unknown) => error));
    expect(await world.intents()).toHaveLength(5);
    expect((await world.start({ payWith: 'hosted_page' })).url).toContain('http');
  });
});

describe('at most ten payments are made of one purchase', () => {
  it('however often its customer changes the way to pay', async () => {
    const limit = 'at most 10 payments of one purchase';
    const refusals: (string | undefined)[] = [];
    for (let n = 0; n < 15; n += 1) {
      const going = world.start({ payWith: n % 2 ? 'hosted_page' : 'embedded_page' });
      await going.catch(async () => refusals.push((await refusalOf(going)).limit));
    }
    expect(refusals).toEqual(Array.from({ length: 5 }, () => limit));
    const all = await world.sessions();
    expect([all.length, all.filter(({ status }) => status === 'open').length <= 1]).toEqual([10, true]);
    expect((await world.start({ attemptId: 'attempt-0002' })).url).toContain('http');
  });
});

describe('a customer at the limit of 100 unused grants', () => {
  it('who asks again and again makes neither rows nor calls', async () => {
    await world.fillGrants();
    const { topUpId } = await world.start();
    await world.pay();
    await world.status(topUpId);
    const before = world.callCount();
    for (let n = 0; n < 20; n += 1) expect((await world.status(topUpId)).state).toBe('paid');
    expect(world.callCount() - before).toBe(0);
    const { grants, audit } = await world.inspect(topUpId);
    expect([grants.length, audit.length < 6]).toEqual([1, true]);
  });

  it('past the end of what was bought is not told that it was granted, and gets it whole once there is room', async () => {
    const [first] = await world.fillGrants();
    const { topUpId } = await world.start({ packageId: 'month' });
    await world.pay();
    expect((await world.status(topUpId)).state).toBe('paid');
    await world.simulator.advance(32 * dayMs);
    for (let n = 0; n < 3; n += 1) {
      await world.sweep();
      await world.simulator.advance(hourMs);
    }
    expect(await world.status(topUpId)).toMatchObject({ state: 'paid', credited: { amountMinor: 0 } });
    expect(await world.stuck()).toMatchObject([{ topUpId, stuck: 'grant_cap' }]);
    await world.client.billing.creditGrants.voidGrant(first ?? '');
    for (let n = 0; n < 3; n += 1) {
      await world.simulator.advance(hourMs);
      await world.sweep();
    }
    expect(await world.status(topUpId)).toMatchObject({ state: 'granted', credited: { amountMinor: 1000 } });
    expect(await world.stuck()).toEqual([]);
    const [grant] = (await world.grants()).filter(({ amount }) => amount.monetary?.value === 1000);
    expect((grant?.expires_at ?? 0) * 1000).toBeGreaterThan(world.simulator.nowMs() + 27 * dayMs);
  });
});
