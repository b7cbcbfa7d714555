import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { describeStores } from '../testing/describe-stores.ts';
import type { JobHandlers } from './jobs.ts';
import { createPgBossJobs, type PgBossJobs } from './pg-boss-jobs.ts';
import { maxTries } from './queues.ts';

describeStores('jobs', (store) => {
  let jobs: PgBossJobs;
  const logger = { error: vi.fn(), warn: vi.fn(), info: vi.fn() };

  beforeEach(async () => {
    vi.clearAllMocks();
    jobs = createPgBossJobs(async () => store.open, { logger });
    await jobs.prepare();
  });
  afterEach(() => jobs.stop({ timeoutMs: 1_000 }));

  const waiting = async () => {
    const { rows } = await store.open.executeSql(
      "select data->>'topUpId' as id, state::text, retry_count as retries, start_after > now() as later from meterboard_jobs.job where name = 'settle_top_up' order by created_on",
    );
    return rows as { id: string; state: string; retries: number; later: boolean }[];
  };
  const ids = async () => (await waiting()).map(({ id }) => id);

  it('keep what is sent until somebody takes work, and hand it over at once', async () => {
    await jobs.send('settle_top_up', { topUpId: 'a' });
    const seen: unknown[] = [];
    await jobs.start(handle(async (data, attempt) => void seen.push(data, attempt)));
    await expect.poll(() => seen).toEqual([{ topUpId: 'a' }, { isLast: false }]);
  });

  it('are picked up well before the next poll in the process that sent them', async () => {
    const seen: string[] = [];
    await jobs.start(handle(async ({ topUpId }) => void seen.push(topUpId)));
    await sleep(100);
    const startedAt = performance.now();
    await jobs.send('settle_top_up', { topUpId: 'a' });
    await expect.poll(() => seen, { interval: 5 }).toEqual(['a']);
    await store.db
      .transaction()
      .execute((within) => jobs.send('settle_top_up', { topUpId: 'b' }, { within }));
    await expect.poll(() => seen, { interval: 5 }).toEqual(['a', 'b']);
    expect(performance.now() - startedAt).toBeLessThan(600);
  });

  it('are worked off one after the other without waiting for polls', async () => {
    const seen = new Set<string>();
    for (let n = 0; n < 40; n++) await jobs.send('settle_top_up', { topUpId: `${n}` });
    const startedAt = performance.now();
    await jobs.start(handle(async ({ topUpId }) => void seen.add(topUpId)));
    await expect.poll(() => seen.size, { timeout: 10_000 }).toBe(40);
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });

  it('are there if and only if the transaction that sent them is committed', async () => {
    await store.db.transaction().execute(async (within) => {
      await within.insertInto('cursors').values({ name: 'kept', at_ms: 1 }).execute();
      await jobs.send('settle_top_up', { topUpId: 'kept' }, { within });
    });
    const failing = store.db.transaction().execute(async (within) => {
      await jobs.send('settle_top_up', { topUpId: 'gone' }, { within });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await ids()).toEqual(['kept']);
  });

  it('wait once per kind and key, without a key each for itself', async () => {
    for (const id of ['a', 'a', 'b']) await jobs.send('settle_top_up', { topUpId: id }, { key: id });
    await jobs.send('settle_bonus', { bonusId: 'a' }, { key: 'a' });
    expect(await ids()).toEqual(['a', 'b']);
    for (const id of ['c', 'c']) await jobs.send('settle_top_up', { topUpId: id });
    expect(await ids()).toEqual(['a', 'b', 'c', 'c']);
  });

  it('of the same key run at the earliest time that was asked for', async () => {
    const send = (afterMs?: number) => jobs.send('settle_top_up', { topUpId: 'a' }, { key: 'a', afterMs });
    await send(60_000);
    await send(120_000);
    expect(await waiting()).toMatchObject([{ later: true }]);
    await store.db.transaction().execute((within) => {
      return jobs.send('settle_top_up', { topUpId: 'a' }, { key: 'a', within });
    });
    expect(await waiting()).toMatchObject([{ later: false }]);
    await send(60_000);
    expect(await waiting()).toMatchObject([{ later: false }]);
  });

  it('that wait do not run before a transaction that needs them is over', async () => {
    const order: string[] = [];
    await jobs.start(handle(async () => void order.push('ran')));
    await jobs.send('settle_top_up', { topUpId: 'a' }, { key: 'a', afterMs: 300 });
    await store.db.transaction().execute(async (within) => {
      await jobs.send('settle_top_up', { topUpId: 'a' }, { key: 'a', within });
      await sleep(1_500);
      order.push('committed');
    });
    await expect.poll(() => order, { timeout: 5_000 }).toEqual(['committed', 'ran']);
  });

  it('do not run before they should', async () => {
    const seen: number[] = [];
    const startedAt = Date.now();
    await jobs.start(handle(async () => void seen.push(Date.now() - startedAt)));
    await jobs.send('settle_top_up', { topUpId: 'a' }, { afterMs: 700 });
    await expect.poll(() => seen.length, { timeout: 5_000 }).toBe(1);
    expect(seen[0]).toBeGreaterThan(690);
  });

  it('that fail are tried again later, and are told when it is the last time', async () => {
    const lasts: boolean[] = [];
    await jobs.start(
      handle(async ({ topUpId }, { isLast }) => {
        if (topUpId === 'wake') return;
        lasts.push(isLast);
        throw new Error('Stripe is down, says sk_test_abc.');
      }),
    );
    await jobs.send('settle_top_up', { topUpId: 'a' });
    await expect.poll(waiting).toMatchObject([{ state: 'retry', later: true, retries: 0 }]);
    expect(logger.warn).toHaveBeenCalledWith(
      'A job failed and will be tried again.',
      expect.objectContaining({ try: 1 }),
    );
    // Its delays are not waited for: they are PostgreSQL's clock.
    for (let tries = 2; tries <= maxTries; tries++) {
      await store.open.executeSql("update meterboard_jobs.job set start_after = now() where state = 'retry'");
      await jobs.send('settle_top_up', { topUpId: 'wake' });
      await expect.poll(() => lasts.length, { timeout: 5_000 }).toBe(tries);
      await expect.poll(async () => (await waiting())[0]?.state).not.toBe('active');
    }
    expect(lasts).toEqual([...Array(maxTries - 1).fill(false), true]);
    expect((await waiting())[0]).toMatchObject({ id: 'a', state: 'failed' });
    expect(logger.error).toHaveBeenCalledWith('A job failed for the last time.', expect.anything());
    const { rows } = await store.open.executeSql(
      "select output::text as output from meterboard_jobs.job where state = 'failed'",
    );
    expect(rows).toEqual([{ output: expect.not.stringContaining('sk_test_abc') }]);
  }, 60_000);

  it('that are under way end before stop() does, and nothing more is taken', async () => {
    const done: string[] = [];
    await jobs.start(
      handle(async ({ topUpId }) => {
        await sleep(300);
        done.push(topUpId);
      }),
    );
    for (let n = 0; n < 8; n++) await jobs.send('settle_top_up', { topUpId: `${n}` });
    await sleep(100);
    await jobs.stop({ timeoutMs: 5_000 });
    const atStop = done.length;
    expect(atStop).toBeGreaterThan(0);
    const states = (await waiting()).map(({ state }) => state);
    expect(states.filter((state) => state === 'completed')).toHaveLength(atStop);
    expect(states.filter((state) => state === 'created')).toHaveLength(8 - atStop);
    await sleep(400);
    expect(done).toHaveLength(atStop);
  });

  it('that stop() does not wait for are tried again', async () => {
    const release = Promise.withResolvers<void>();
    await jobs.start(handle(() => release.promise));
    await jobs.send('settle_top_up', { topUpId: 'a' });
    await expect.poll(waiting).toMatchObject([{ state: 'active' }]);
    await jobs.stop({ timeoutMs: 1 });
    expect(await waiting()).toMatchObject([{ state: 'retry' }]);
    release.resolve();
    await sleep(50);
    expect(await waiting()).toMatchObject([{ state: 'retry' }]);
  });

  it('do not wait for ever when a transaction sends before the queues are there', async () => {
    const unprepared = createPgBossJobs(async () => store.open, { logger });
    const sending = store.db.transaction().execute((within) => unprepared.send('sweep', {}, { within }));
    await expect(sending).rejects.toThrow('jobs.prepare()');
  });

  it('repeat the schedules, once however often they are started', async () => {
    await jobs.start(handle(async () => undefined));
    await jobs.stop();
    await jobs.start(handle(async () => undefined));
    const { rows } = await store.open.executeSql(
      'select name, cron from meterboard_jobs.schedule order by name',
    );
    expect(rows).toEqual([
      { name: 'forget', cron: '17 3 * * *' },
      { name: 'sweep', cron: '*/5 * * * *' },
    ]);
  });
});

/** Handlers that do nothing, save for one. */
function handle(settle: JobHandlers['settle_top_up']): JobHandlers {
  const nothing = async () => undefined;
  return {
    settle_top_up: settle,
    settle_bonus: nothing,
    handle_event: nothing,
    sweep: nothing,
    forget: nothing,
  };
}
