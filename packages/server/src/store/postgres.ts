import { Kysely, PostgresAdapter, PostgresDialect, type PostgresDialectConfig, sql } from 'kysely';
import { isBuildPhase } from '../build-phase.ts';
import { describeCause, type Logger } from '../logger.ts';
import { explainPostgresError } from './explain-postgres-error.ts';
import { migrate } from './migrate.ts';
import { ownTypes } from './read-values.ts';
import type { OpenStore, Store } from './store.ts';
import type { Tables } from './tables.ts';

/** What of a `pg` pool is used, so that the host's own copy of `pg` fits. */
export interface PostgresPoolLike {
  connect(): Promise<PostgresClientLike>;
}

export interface PostgresClientLike {
  query(statement: {
    text: string;
    values?: unknown[];
    // biome-ignore lint/suspicious/noExplicitAny: the type of pg's own parsers.
    types?: any;
  }): Promise<PostgresAnswer>;
  release(destroy?: boolean): void;
}

interface PostgresAnswer {
  command: string;
  rowCount: number | null;
  // biome-ignore lint/suspicious/noExplicitAny: rows are what the statement makes of them.
  rows: any[];
}

/** Where the database is: an address, or a pool that the host has anyway. */
export type PostgresStoreOptions =
  | {
      /** `postgres://user:password@host:5432/database`; never logged. */
      connectionString: string | undefined;
      /** At most so many connections. 10 unless said otherwise; 1 or 2 do for a serverless function. */
      maxConnections?: number;
    }
  | {
      /** Never ended by the kit. */
      pool: PostgresPoolLike;
    };

/**
 * Keeps everything durable in the schemas `meterboard` and `meterboard_jobs` of a PostgreSQL server (15 or newer),
 * which any number of processes may share; poolers that hand out connections per transaction are fine. Connects on
 * first use. Opening rejects with words about what to change when the server does not let us in.
 */
export function postgresStore(options: PostgresStoreOptions): Store {
  if (!isBuildPhase()) check(options);
  return {
    kind: 'postgres',
    async open({ logger }) {
      check(options);
      const { pool, end } =
        'pool' in options ? { pool: options.pool, end: undefined } : await connect(options, logger);
      const db = new Kysely<Tables>({ dialect: new SharedPoolDialect({ pool: asKyselyPool(pool) }) });
      const store: OpenStore = {
        kind: 'postgres',
        db: db.withSchema('meterboard'),
        executeSql: (text, values) => executeSql(pool, text, values),
        async close() {
          await end?.();
        },
      };
      try {
        await checkServer(db);
        await migrate(db);
        return store;
      } catch (error) {
        await store.close();
        throw explainPostgresError(error);
      }
    },
  };
}

function check(options: PostgresStoreOptions): void {
  if ('pool' in options && typeof options.pool?.connect === 'function') return;
  if ('connectionString' in options && isAddress(options.connectionString)) return;
  throw new Error(
    'pool' in options
      ? 'postgresStore: pool has no connect(). Statements run on its connections. Pass new Pool() of the pg package.'
      : 'postgresStore: connectionString is not the address of a PostgreSQL server. Nothing can be kept without one. Pass postgres://user:password@host:5432/database; is the environment variable that holds it set?',
  );
}

function isAddress(text: unknown): boolean {
  return typeof text === 'string' && /^postgres(ql)?:\/\//.test(text) && URL.canParse(text);
}

async function connect(
  { connectionString, maxConnections = 10 }: Exclude<PostgresStoreOptions, { pool: unknown }>,
  logger: Logger,
): Promise<{ pool: PostgresPoolLike; end: () => Promise<void> }> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({
    connectionString,
    max: maxConnections,
    application_name: 'meterboard',
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    // A store alone is no reason for the host's process to stay.
    allowExitOnIdle: true,
  });
  // An idle connection that breaks is replaced on the next use; without a listener it would end the process.
  pool.on('error', (error) =>
    logger.warn('A connection to the database broke.', { cause: describeCause(error) }),
  );
  return { pool, end: () => pool.end() };
}

async function checkServer(db: Kysely<Tables>): Promise<void> {
  const asked = sql<{ version: number }>`select current_setting('server_version_num')::int as version`;
  const version = (await asked.execute(db)).rows[0]?.version ?? 0;
  if (version >= 150_000) return;
  throw new Error(
    `The PostgreSQL server is version ${Math.floor(version / 10_000)}. Meterboard needs 15 or newer. Upgrade the server, or pass postgresStore() another one.`,
  );
}

/** As the job queue asks: the host's parsers, and the rows of all statements when there are several. */
async function executeSql(pool: PostgresPoolLike, text: string, values?: unknown[]) {
  const client = await pool.connect();
  let isBroken = true;
  try {
    const answer = await client.query(values?.length ? { text, values } : { text });
    isBroken = false;
    return { rows: Array.isArray(answer) ? answer.flatMap(({ rows }) => rows) : answer.rows };
  } finally {
    // After a failure the connection may stand in an open transaction: it is not used again.
    client.release(isBroken);
  }
}

/** The pool as Kysely takes one: our way of reading values, and no way to end it. */
function asKyselyPool(pool: PostgresPoolLike): Exclude<PostgresDialectConfig['pool'], () => unknown> {
  return {
    options: {},
    end: async () => undefined,
    async connect() {
      const client = await pool.connect();
      return {
        // biome-ignore lint/suspicious/noExplicitAny: Kysely's cursors are not used, its statements are text.
        query: (text: any, values?: readonly unknown[]): any =>
          client.query({ text, values: [...(values ?? [])], types: ownTypes }),
        release: (destroy) => client.release(destroy),
      };
    },
  };
}

/** `migrate()` holds a lock of its own: Kysely's belongs to a session, which a pooler does not give us. */
class SharedPoolDialect extends PostgresDialect {
  override createAdapter() {
    return new UnlockedAdapter();
  }
}

class UnlockedAdapter extends PostgresAdapter {
  override async acquireMigrationLock(): Promise<void> {
    return undefined;
  }
  override async releaseMigrationLock(): Promise<void> {
    return undefined;
  }
}
