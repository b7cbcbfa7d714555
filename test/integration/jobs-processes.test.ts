import { afterEach, expect, it } from 'vitest';
import { createPgBossJobs } from '../../packages/server/src/jobs/pg-boss-jobs.ts';
import { describeStore } from '../../packages/server/src/testing/describe-stores.ts';
import { endStoreProcesses, startStoreProcess } from './store-process.ts';

describeStore('jobs of several processes', 'postgres', (store) => {
  const logger = { error: console.error, warn: () => undefined, info: () => undefined };
  const work = (jobMs: number | null) =>
    startStoreProcess({ store: { connectionString: store.connectionString }, works: { jobMs } });
  const count = async (state: string) => {
    const { rows } = await store.open.executeSql(
      `select count(*)::int as count from meterboard_jobs.job where name = 'settle_top_up' and state = '${state}'`,
    );
    return (rows[0] as { count: number }).count;
  };

  afterEach(endStoreProcesses);

  it('are shared, each done once, and none is lost when a process is told to stop', async () => {
    const jobs = createPgBossJobs(async () => store.open, { logger });
    const workers = [work(20), work(20)];
    await Promise.all(workers.map((worker) => worker.hear('opened')));
    for (let n = 0; n < 120; n++) await jobs.send('settle_top_up', { topUpId: `${n}` });
    await expect.poll(() => count('completed'), { timeout: 10_000 }).toBeGreaterThan(30);
    workers[0]?.process.kill('SIGTERM');
    await workers[0]?.ended;
    await expect.poll(() => count('completed'), { timeout: 10_000 }).toBe(120);
    const done = workers.map(({ news }) => news.flatMap((told) => ('done' in told ? [told.done] : [])));
    expect(done.flat().toSorted()).toEqual(Array.from({ length: 120 }, (_, n) => `${n}`).toSorted());
    expect(Math.min(...done.map(({ length }) => length))).toBeGreaterThan(10);
    await jobs.stop();
  });

  it('are no reason for a process that only sends to stay', async () => {
    const sender = startStoreProcess({ store: { connectionString: store.connectionString }, sends: 'a' });
    expect(await sender.ended).toBe(0);
    expect(await count('created')).toBe(1);
  });

  it('are taken over from a process that is killed in the middle', async () => {
    const jobs = createPgBossJobs(async () => store.open, { logger });
    await jobs.prepare();
    const killed = work(null);
    await killed.hear('opened');
    await jobs.send('settle_top_up', { topUpId: 'a' });
    expect(await killed.hear('began')).toEqual({ began: 'a' });
    killed.process.kill('SIGKILL');
    await killed.ended;
    expect(await count('active')).toBe(1);
    // 20 s of silence and the interval between two looks are not waited for.
    await store.open.executeSql(
      "update meterboard_jobs.job set heartbeat_on = heartbeat_on - interval '21 s' where state = 'active'",
    );
    await store.open.executeSql(
      'update meterboard_jobs.queue set monitor_claim_on = null, monitor_on = null',
    );
    const heir = work(0);
    expect(await heir.hear('done')).toEqual({ done: 'a' });
    await expect.poll(() => count('completed')).toBe(1);
    await jobs.stop();
  });
});
