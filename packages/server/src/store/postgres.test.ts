import pg from 'pg';
import { describe, expect, it, vi } from 'vitest';
import { describeCause } from '../logger.ts';
import { describeStore, testParts } from '../testing/describe-stores.ts';
import { postgresStore } from './postgres.ts';

describe('postgresStore', () => {
  it.each([
    '',
    undefined,
    'not an address',
    'https://user:secret@host/db',
    'postgres://user:secret@host:port/db',
  ])('says what is wrong with the address %j without repeating it', (connectionString) => {
    const make = () => postgresStore({ connectionString: connectionString as string });
    expect(make).toThrow('is not the address of a PostgreSQL server');
    expect(make).not.toThrow('secret');
  });

  it('refuses a pool that is none', () => {
    expect(() => postgresStore({ pool: {} as never })).toThrow('Pass new Pool()');
  });

  it('says what to do when nothing answers, and keeps the password to itself', async () => {
    const store = postgresStore({ connectionString: 'postgres://meter:topsecret@127.0.0.1:9/board' });
    const error = await store.open(testParts).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: expect.stringMatching(/Nothing answers.*Is the server running/) });
    expect(JSON.stringify(describeCause(error))).not.toContain('topsecret');
  });
});

describeStore('postgresStore', 'postgres', (store) => {
  it.each([
    [(address: URL) => Object.assign(address, { pathname: '/nowhere' }), /3D000.*does not exist/],
    [(address: URL) => Object.assign(address, { username: 'stranger' }), /28000.*refuses this user/],
  ])('says what to change', async (change, words) => {
    const { href } = change(new URL(store.connectionString));
    await expect(postgresStore({ connectionString: href }).open(testParts)).rejects.toThrow(words);
  });

  it('says which right is missing', async () => {
    const client = new pg.Client({ connectionString: store.connectionString });
    await client.connect();
    await client.query('create role guest login; drop schema meterboard cascade');
    const address = Object.assign(new URL(store.connectionString), { username: 'guest' });
    const opening = postgresStore({ connectionString: address.href }).open(testParts);
    await expect(opening).rejects.toThrow(/42501.*grant create on database/);
    // The other way that the words name: schemas of its own.
    await client.query(
      'create schema meterboard authorization guest; drop schema if exists meterboard_jobs cascade',
    );
    await client.query('create schema meterboard_jobs authorization guest');
    await (await postgresStore({ connectionString: address.href }).open(testParts)).close();
    await client.query('drop owned by guest cascade; drop role guest');
    await client.end();
    await (await postgresStore({ connectionString: store.connectionString }).open(testParts)).close();
  });

  it("works on the host's pool, reads with its own parsers, and does not end it", async () => {
    const types = { getTypeParser: () => (text: string) => `host:${text}` };
    const pool = new pg.Pool({ connectionString: store.connectionString, max: 1, types: types as never });
    const opened = await postgresStore({ pool }).open(testParts);
    await opened.db.insertInto('cursors').values({ name: 'a', at_ms: 7 }).execute();
    expect(await opened.db.selectFrom('cursors').selectAll().execute()).toEqual([{ name: 'a', at_ms: 7 }]);
    await opened.close();
    const { rows } = await pool.query('select 1 as one');
    expect(rows).toEqual([{ one: 'host:1' }]);
    await pool.end();
  });

  it('survives connections that the server closes', async () => {
    const logger = { error: vi.fn(), warn: vi.fn(), info: vi.fn() };
    const opened = await postgresStore({ connectionString: store.connectionString, maxConnections: 2 }).open({
      ...testParts,
      logger,
    });
    await opened.db.selectFrom('cursors').selectAll().execute();
    await store.open.executeSql(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'meterboard' and pid <> pg_backend_pid()",
    );
    await expect.poll(() => logger.warn.mock.calls.length).toBeGreaterThan(0);
    expect(await opened.db.selectFrom('cursors').selectAll().execute()).toEqual([]);
    await opened.close();
  });
});
