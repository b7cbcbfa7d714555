import { describe, expect, it } from 'vitest';
import type { Touched } from '../gateways/cached.ts';
import { describeStore, describeStores } from '../testing/describe-stores.ts';
import { createAllowance } from './allowance.ts';
import { createKeptWindows } from './kept-windows.ts';
import { createMarks } from './marks.ts';
import { createMemoryTurns, createSharedTurns } from './turn-holder.ts';

const nowMs = Date.UTC(2026, 10, 20);
const dayMs = 86_400_000;
const logger = { error: () => undefined, warn: () => undefined, info: () => undefined };
const row = (quantity: string) => ({ startMs: 0, endMs: dayMs, quantity });
const hostile = ['__proto__', "'; drop table x; --", 'a","b', 'x'.repeat(100_000), '\u{1F4A5}'];

describeStores('what processes share of the provider', (store) => {
  const openDb = async () => store.db;

  it('keeps final usage, apart by account, customer and question', async () => {
    const windows = (account: string) => createKeptWindows({ account, openDb, nowMs: () => nowMs, logger });
    await windows('one').keep('cus_1', 'usage "m" day 0 1', [row('7')]);
    await windows('one').keep('cus_1', 'usage "m" day 0 1', [row('8')]);
    const find = async (account: string, customer: string, question: string) =>
      [...(await windows(account).find(customer, [question, 'another'])).values()].flat();
    expect(await find('one', 'cus_1', 'usage "m" day 0 1')).toEqual([row('7')]);
    expect(await find('two', 'cus_1', 'usage "m" day 0 1')).toEqual([]);
    expect(await find('one', 'cus_2', 'usage "m" day 0 1')).toEqual([]);
    expect(await find('one', 'cus_1', 'usage "m" hour 0 1')).toEqual([]);
  });

  it.each(hostile)('takes the id %.30s for an id', async (id) => {
    const windows = createKeptWindows({ account: 'one', openDb, nowMs: () => nowMs, logger });
    await windows.keep(id, id, [row('1')]);
    expect((await windows.find(id, [id])).get(id)).toEqual([row('1')]);
    expect((await windows.find('cus_1', [id])).size).toBe(0);
  });

  it('counts the readings of thirty days together, also after a restart', async () => {
    let now = nowMs;
    const make = () => createAllowance({ account: 'one', openDb, nowMs: () => now });
    const [first, second] = [make(), make()];
    for (let index = 0; index < 5; index += 1) first.count();
    for (let index = 0; index < 3; index += 1) second.count();
    await first.sync();
    await second.sync();
    await first.sync();
    expect([first.spent(), second.spent()]).toEqual([8, 8]);
    now += 29 * dayMs;
    const restarted = make();
    await restarted.sync();
    expect(restarted.spent()).toBe(8);
    expect(restarted.nextAtMs()).toBe(nowMs + 30 * dayMs);
    now += dayMs;
    expect(restarted.spent()).toBe(0);
  });

  it('hears what others dropped, once, and nothing of its own', async () => {
    const heard: Touched[][] = [[], []];
    const processes = heard.map((list, index) =>
      createMarks({
        self: `process ${index}`,
        openDb,
        hear: (touched) => list.push(touched),
        nowMs: () => nowMs,
        logger,
        everyMs: 0,
      }),
    );
    const listen = async () => {
      for (const each of processes) await each.catchUp();
    };
    await listen();
    for (const list of heard) list.length = 0;
    await processes[0]?.leave({ customerId: 'cus_1', what: 'billing' });
    await listen();
    await listen();
    expect(heard).toEqual([[], [{ customerId: 'cus_1', what: 'billing' }]]);
  });
});

describeStore('turns on one database', 'postgres', (store) => {
  it('are shared by all who use it', async () => {
    const limits = { perEndpoint: 3, inAll: 100, windowMs: 60_000 };
    const make = () =>
      createSharedTurns(limits, {
        account: 'one',
        openDb: async () => store.db,
        otherwise: createMemoryTurns(limits, Date.now),
      });
    const answers = await Promise.all(
      [make(), make(), make()].flatMap((turns) => [turns.reserve('a', 0), turns.reserve('a', 0)]),
    );
    expect(answers.filter(({ isReserved }) => isReserved).length).toBe(3);
  });

  it('tell all of them when the provider says to wait', async () => {
    const limits = { perEndpoint: 3, inAll: 100, windowMs: 1_000 };
    const make = () =>
      createSharedTurns(limits, {
        account: 'paused',
        openDb: async () => store.db,
        otherwise: createMemoryTurns(limits, Date.now),
      });
    const [first, second] = [make(), make()];
    expect(await second.isPaused('a')).toBe(false);
    await first.pause('a', 60_000);
    await first.pause('a', 0);
    expect([await second.isPaused('a'), await second.isPaused('b')]).toEqual([true, false]);
    expect((await second.reserve('a', 1_000)).isReserved).toBe(false);
  });
});

describe('turns whose database is out of reach', () => {
  it('are kept by each process alone', async () => {
    const limits = { perEndpoint: 1, inAll: 100, windowMs: 60_000 };
    const turns = createSharedTurns(limits, {
      account: 'one',
      openDb: () => Promise.reject(new Error('no database')),
      otherwise: createMemoryTurns(limits, Date.now),
    });
    expect((await turns.reserve('a', 0)).isReserved).toBe(true);
    expect((await turns.reserve('a', 0)).isReserved).toBe(false);
  });
});
