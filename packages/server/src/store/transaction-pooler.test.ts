import pg from 'pg';
import { expect, it, vi } from 'vitest';
import { createPgBossJobs } from '../jobs/pg-boss-jobs.ts';
import { describeStore, testParts } from '../testing/describe-stores.ts';
import { type PostgresClientLike, type PostgresPoolLike, postgresStore } from './postgres.ts';

/** Like PgBouncer in transaction mode: each transaction, and each statement outside of one, on another session. */
function createTransactionPooler(sessions: PostgresClientLike[]): PostgresPoolLike {
  const free = [...sessions];
  const waiting: ((session: PostgresClientLike) => void)[] = [];
  const take = async () =>
    free.shift() ?? new Promise<PostgresClientLike>((resolve) => waiting.push(resolve));
  const giveBack = (session: PostgresClientLike) => {
    const next = waiting.shift();
    if (next) next(session);
    else free.push(session);
  };
  return {
    async connect() {
      let held: PostgresClientLike | undefined;
      return {
        async query(statement) {
          const session = held ?? (await take());
          if (/^(begin|start transaction)$/i.test(statement.text)) held = session;
          try {
            return await session.query(statement);
          } finally {
            if (/^(commit|rollback)$/i.test(statement.text)) held = undefined;
            if (!held) giveBack(session);
          }
        },
        release: () => undefined,
      };
    },
  };
}

describeStore('a pooler that hands out sessions per transaction', 'postgres', (store) => {
  it('is enough for the tables and the jobs, and keeps nothing of ours in a session', async () => {
    const { connectionString } = store;
    const sessions = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const client = new pg.Client({ connectionString });
        await client.connect();
        return client;
      }),
    );
    await sessions[0]?.query('drop schema meterboard cascade; drop schema meterboard_jobs cascade');
    const pool = createTransactionPooler(
      sessions.map((client) => ({ query: (said) => client.query(said), release: () => undefined })),
    );
    const opened = await Promise.all(
      Array.from({ length: 6 }, () => postgresStore({ pool }).open(testParts)),
    );

    const [first] = opened;
    if (!first) throw new Error('nothing is open');
    const logger = { error: vi.fn(), warn: vi.fn(), info: vi.fn() };
    const jobs = createPgBossJobs(async () => first, { logger });
    const seen: string[] = [];
    const nothing = async () => undefined;
    await jobs.start({
      settle_top_up: async ({ topUpId }) => void seen.push(topUpId),
      settle_bonus: nothing,
      handle_event: nothing,
      sweep: nothing,
      forget: nothing,
    });
    await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        first.db.transaction().execute(async (within) => {
          await within
            .insertInto('cursors')
            .values({ name: `${n}`, at_ms: n })
            .execute();
          await jobs.send('settle_top_up', { topUpId: `${n}` }, { key: `${n}`, within });
        }),
      ),
    );
    await expect.poll(() => seen.length).toBe(12);
    await jobs.stop();
    expect(logger.error).not.toHaveBeenCalled();

    for (const session of sessions) {
      const { rows } = await session.query(
        "select count(*)::int as locks from pg_locks where locktype = 'advisory'",
      );
      expect(rows).toEqual([{ locks: 0 }]);
      expect((await session.query('show search_path')).rows).toEqual([{ search_path: '"$user", public' }]);
      await session.end();
    }
  });
});
