import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { describeStores } from '../testing/describe-stores.ts';

describeStores('the tables', (store) => {
  it('are there', async () => {
    const { rows } = await sql<{ tablename: string }>`
      select tablename from pg_tables where schemaname = 'meterboard' order by 1`.execute(store.db);
    expect(rows.map(({ tablename }) => tablename)).toContain('top_ups');
  });
  it('reads bigints as numbers', async () => {
    await store.db.insertInto('cursors').values({ name: 'a', at_ms: 1_795_000_000_000 }).execute();
    expect(await store.db.selectFrom('cursors').selectAll().execute()).toEqual([
      { name: 'a', at_ms: 1_795_000_000_000 },
    ]);
  });
});
