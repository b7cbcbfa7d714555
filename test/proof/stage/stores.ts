import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { embeddedStore } from '../../../packages/server/src/store/embedded.ts';
import { postgresStore } from '../../../packages/server/src/store/postgres.ts';
import type { OpenStore } from '../../../packages/server/src/store/store.ts';
import { findPostgres, type PostgresServer, startPostgres } from '../../tooling/postgres-server.ts';

/** The databases of a proof that runs outside of the tests. */
export interface ProofStores {
  /** `null`, or why the platform has no PostgreSQL server. */
  withoutPostgres: string | null;
  /** Both kinds by turns: even numbers embedded, odd ones PostgreSQL where there is one. Whoever opens one closes it. */
  open(turn: number): Promise<OpenStore>;
  /** A database of its own on the server. Rejects where there is none. */
  createDatabase(): Promise<string>;
  stop(): Promise<void>;
}

const parts = {
  logger: { error: () => undefined, warn: () => undefined, info: () => undefined },
  operate: async () => null,
};

export function createProofStores(): ProofStores {
  const found = findPostgres();
  const withoutPostgres = 'why' in found ? found.why : null;
  let starting: Promise<PostgresServer> | undefined;
  const createDatabase = async () => {
    starting ??= startPostgres();
    const server = await starting;
    const name = `proof_${randomUUID().replaceAll('-', '')}`;
    const client = new pg.Client({ connectionString: server.connectionString('postgres') });
    await client.connect();
    await client.query(`create database ${name} strategy file_copy`);
    await client.end();
    return server.connectionString(name);
  };
  return {
    withoutPostgres,
    createDatabase,
    async open(turn) {
      if (turn % 2 === 0 || withoutPostgres !== null) return embeddedStore({ inMemory: true }).open(parts);
      return postgresStore({ connectionString: await createDatabase() }).open(parts);
    },
    async stop() {
      await (await starting)?.stop();
    },
  };
}
