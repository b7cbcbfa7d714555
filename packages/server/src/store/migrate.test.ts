import { Kysely, PostgresDialect, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import pg from 'pg';
import { expect, it } from 'vitest';
import { describeStore, describeStores, testParts } from '../testing/describe-stores.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { postgresStore } from './postgres.ts';

describeStores('migrations', (store) => {
  const applied = async () => {
    const { rows } = await sql<{
      name: string;
    }>`select name from meterboard.kysely_migration order by name`.execute(store.db);
    return rows.map(({ name }) => name);
  };

  it('are applied once', async () => {
    const before = await applied();
    await migrate(store.db);
    expect(await applied()).toEqual(before);
    expect(before).toEqual(Object.keys(migrations));
  });

  it('bring older tables further, with their rows, all of it or nothing', async () => {
    await store.db.insertInto('cursors').values({ name: 'old', at_ms: 1 }).execute();
    const add: Migration = {
      up: (db) =>
        db.schema.withSchema('meterboard').alterTable('cursors').addColumn('note', 'text').execute(),
    };
    const fail: Migration = {
      up: async () => {
        throw new Error('no disk');
      },
    };
    await expect(migrate(store.db, { ...migrations, '9001_add': add, '9002_fail': fail })).rejects.toThrow(
      'no disk',
    );
    expect(await applied()).toEqual(Object.keys(migrations));

    await migrate(store.db, { ...migrations, '9001_add': add });
    expect(await store.db.selectFrom('cursors').selectAll().execute()).toEqual([
      { name: 'old', at_ms: 1, note: null },
    ]);

    // And the code of before finds tables that it does not know.
    await expect(migrate(store.db)).rejects.toThrow(
      /newer than this version.*9001_add.*Deploy the newer version/s,
    );
    await sql`delete from meterboard.kysely_migration where name = '9001_add'`.execute(store.db);
    await sql`alter table meterboard.cursors drop column note`.execute(store.db);
  });
});

describeStore('migrations that start together', 'postgres', (store) => {
  it('happen once, schema included', async () => {
    const { connectionString } = store;
    const reset = new Kysely<unknown>({
      dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString }) }),
    });
    for (let round = 0; round < 3; round++) {
      await sql`drop schema meterboard cascade`.execute(reset);
      await sql`drop schema if exists meterboard_jobs cascade`.execute(reset);
      const opening = Array.from({ length: 12 }, () =>
        postgresStore({ connectionString, maxConnections: 2 }).open(testParts),
      );
      const opened = await Promise.allSettled(opening);
      expect(opened.map((each) => (each.status === 'rejected' ? each.reason : 'open'))).toEqual(
        Array(12).fill('open'),
      );
      const { rows } = await sql`select name from meterboard.kysely_migration`.execute(reset);
      expect(rows).toHaveLength(Object.keys(migrations).length);
      for (const each of opened) if (each.status === 'fulfilled') await each.value.close();
    }
    await reset.destroy();
  });
});
