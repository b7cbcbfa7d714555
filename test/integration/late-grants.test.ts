import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { holdFirst, isGrant, minuteMs, secondMs, startTopUpWorld, type TopUpWorld } from './top-up-world.ts';

let world: TopUpWorld;
beforeEach(async () => {
  world = await startTopUpWorld();
});
afterEach(() => world.close());

/** A purchase that is paid, and nothing more. */
async function paid(): Promise<string> {
  const { topUpId } = await world.start();
  await world.pay();
  return topUpId;
}

describe('a grant that is on its way', () => {
  it('is made by one caller: others wait for its time', async () => {
    const topUpId = await paid();
    const late = holdFirst(world.wire, isGrant);
    const slow = world.status(topUpId);
    await late.arrived;
    for (let n = 0; n < 3; n += 1) expect((await world.status(topUpId)).state).toBe('paid');
    expect(late.keys).toHaveLength(1);
    late.release();
    expect((await slow).state).toBe('granted');
    expect([await world.given(), (await world.grants()).length]).toEqual([1000, 1]);
  });

  it('is one with the same try made again under its key', async () => {
    const topUpId = await paid();
    const late = holdFirst(world.wire, isGrant);
    const slow = world.status(topUpId);
    await late.arrived;
    await world.simulator.advance(11 * secondMs);
    expect((await world.status(topUpId)).state).toBe('granted');
    expect(late.keys).toEqual(['1:1', '1:1']);
    late.release();
    await slow;
    await world.sweep();
    expect([await world.given(), (await world.grants()).length]).toEqual([1000, 1]);
  });

  it('and arrives after its try was given up is ended as an extra one by its sender', async () => {
    const topUpId = await paid();
    const late = holdFirst(world.wire, isGrant, (count) => (count === 2 ? 503 : undefined));
    const slow = world.status(topUpId);
    await late.arrived;
    await world.simulator.advance(11 * secondMs);
    expect((await world.status(topUpId)).state).toBe('paid');
    await world.simulator.advance(6 * minuteMs);
    expect((await world.status(topUpId)).state).toBe('granted');
    expect(late.keys).toEqual(['1:1', '1:1', '1:2']);
    late.release();
    await slow;
    expect([await world.given(), (await world.grants()).length]).toEqual([1000, 2]);
    const { row, audit } = await world.inspect(topUpId);
    expect([row.state, row.credited_minor, row.stuck]).toEqual(['granted', 1000, null]);
    expect(audit.filter(({ kind }) => kind === 'extra_grant_ended')).toHaveLength(1);
  });

  it.each(['the customer', 'the sweep'])(
    'and arrives after its try was given up, without an answer, is ended when %s looks',
    async (who) => {
      const topUpId = await paid();
      const late = holdFirst(world.wire, isGrant, (count) => (count === 2 ? 503 : undefined));
      late.loseItsAnswer();
      const slow = world.status(topUpId);
      await late.arrived;
      await world.simulator.advance(11 * secondMs);
      await world.status(topUpId);
      await world.simulator.advance(2 * minuteMs);
      expect((await world.status(topUpId)).state).toBe('granted');
      late.release();
      await slow;
      if (who === 'the sweep') {
        await world.simulator.advance(11 * minuteMs);
        await world.sweep();
      } else await world.status(topUpId);
      expect([await world.given(), (await world.grants()).length]).toEqual([1000, 2]);
      const { row } = await world.inspect(topUpId);
      expect([row.state, row.credited_minor, row.stuck]).toEqual(['granted', 1000, null]);
      const before = (await world.grants()).map(({ id }) => id);
      await world.simulator.advance(11 * minuteMs);
      await world.sweep();
      expect((await world.grants()).map(({ id }) => id)).toEqual(before);
    },
  );
});

describe('a grant that failed', () => {
  it('is tried again when its time comes, and not each time that its customer asks', async () => {
    const topUpId = await paid();
    let tries = 0;
    world.wire.beforeEffect = (request) => {
      if (!isGrant(request)) return undefined;
      tries += 1;
      return tries <= 2 ? 503 : undefined;
    };
    for (let n = 0; n < 5; n += 1) expect((await world.status(topUpId)).state).toBe('paid');
    expect(tries).toBe(1);
    const before = world.callCount();
    await world.status(topUpId);
    expect(world.callCount() - before).toBe(0);
    await world.simulator.advance(11 * secondMs);
    await world.sweep();
    expect(tries).toBe(2);
    await world.simulator.advance(6 * minuteMs);
    await world.sweep();
    expect((await world.status(topUpId)).state).toBe('granted');
    expect([await world.given(), (await world.grants()).length, tries]).toEqual([1000, 1, 3]);
  });
});
