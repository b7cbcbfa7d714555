import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, openAsBlob, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, inject } from 'vitest';
import type { Logger } from '../logger.ts';
import { embeddedStore } from '../store/embedded.ts';
import { postgresStore } from '../store/postgres.ts';
import type { Database, OpenStore, Store, StoreParts } from '../store/store.ts';

/** A store with its tables, empty at the beginning of each test. */
export interface TestStore {
  kind: Store['kind'];
  /** Open from before the first test until after the last. */
  readonly open: OpenStore;
  readonly db: Database;
  /** The same as an option for `createMeterboard()`: closing it leaves the test's own open. */
  asStore(): Store;
  /** For further processes and pools; only where `kind` is `postgres`. */
  readonly connectionString: string;
}

/**
 * Runs the same tests on the embedded database and on a PostgreSQL server: `describeStores('top-ups', (store) => {
 * it('…', async () => { await store.db.selectFrom('top_ups')… }) })`. Where the platform has no server, its half is
 * skipped with the reason in its name.
 */
export function describeStores(name: string, tests: (store: TestStore) => void): void {
  describeStore(name, 'embedded', tests);
  describeStore(name, 'postgres', tests);
}

/** One half of `describeStores()`. */
export function describeStore(name: string, kind: Store['kind'], tests: (store: TestStore) => void): void {
  const server = kind === 'postgres' ? inject('testPostgres') : undefined;
  const why = server && 'why' in server ? `: skipped, ${server.why}` : '';
  describe.skipIf(why !== '')(`${name} (${kind}${why})`, () => {
    let open: OpenStore;
    let database: TestDatabase | undefined;
    beforeAll(async () => {
      if (kind === 'postgres') database = await createTestDatabase();
      open = await (database
        ? postgresStore({ connectionString: database.connectionString }).open(testParts)
        : openInMemory());
    });
    beforeEach(() => empty(open));
    afterAll(async () => {
      await open?.close();
      await database?.drop();
    });
    tests({
      kind,
      get open() {
        return open;
      },
      get db() {
        return open.db;
      },
      get connectionString() {
        if (!database) throw new Error('The embedded database has no connection string.');
        return database.connectionString;
      },
      asStore: () => ({ kind, open: async () => ({ ...open, close: async () => undefined }) }),
    });
  });
}

let shared: Promise<OpenStore> | undefined;

/**
 * An option for `createMeterboard()` in tests of other things: one embedded database per test file, emptied whenever a Meterboard
 * opens it. Nothing is started before that.
 */
export function sharedStore(): Store {
  return {
    kind: 'embedded',
    async open() {
      shared ??= openInMemory();
      const open = await shared;
      await empty(open);
      return { ...open, close: async () => undefined };
    },
  };
}

const silent: Logger = { error: () => undefined, warn: () => undefined, info: () => undefined };

/** What a test's store is opened with. */
export const testParts: StoreParts = { logger: silent, operate: async () => null };

/** A database of its own on the test run's PostgreSQL server. */
export interface TestDatabase {
  connectionString: string;
  drop(): Promise<void>;
}

/** Makes an empty database. Rejects where the platform has no server (`describeStores()` skips there). */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = inject('testPostgres');
  if ('why' in server) throw new Error(server.why);
  const response = await fetch(server.address);
  const answer = await response.text();
  if (!response.ok) throw new Error(answer);
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await runAlone(answer, `create database ${name} strategy file_copy`);
  const address = new URL(answer);
  address.pathname = name;
  return {
    connectionString: address.href,
    drop: () => runAlone(answer, `drop database ${name} with (force)`),
  };
}

async function runAlone(connectionString: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query(statement);
  await client.end();
}

/** From a dump of an empty database: making one anew takes four times as long. */
async function openInMemory(): Promise<OpenStore> {
  return embeddedStore({ inMemory: true, begin: await dumpOnce() }).open(testParts);
}

async function dumpOnce(): Promise<Blob> {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const { version } = JSON.parse(readFileSync(join(dirname(entry), '../package.json'), 'utf8'));
  const folder = join(dirname(entry), '../../../.cache/meterboard');
  const path = join(folder, `pglite-${version}.tar`);
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    const pglite = await PGlite.create();
    const dump = await pglite.dumpDataDir('none');
    await pglite.close();
    const draft = `${path}.${randomUUID()}`;
    writeFileSync(draft, new Uint8Array(await dump.arrayBuffer()));
    renameSync(draft, path);
  }
  return openAsBlob(path);
}

async function empty(store: OpenStore): Promise<void> {
  const { rows } = await store.executeSql(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
      where (schemaname = 'meterboard' and tablename not like 'kysely%')
        or (schemaname, tablename) = ('meterboard_jobs', 'job')`,
  );
  const names = rows.map((row) => (row as { name: string }).name);
  await store.executeSql(`truncate ${names.join(', ')} restart identity cascade`);
}
