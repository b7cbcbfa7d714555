import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { migrations } from './migrations/index.ts';

/** Any number, the same for every version of the kit: whoever migrates holds it until the commit. */
const migrationLock = 7_236_480_113_001;

/**
 * Brings the schema `meterboard` up to date: all of it or nothing, once, however many processes start together.
 * Rejects when the database was brought further by a newer version of the kit.
 *
 * The lock belongs to the transaction, not to the session, so that it also holds behind a pooler that hands out
 * connections per transaction.
 */
export async function migrate<Tables>(
  db: Kysely<Tables>,
  known: Record<string, Migration> = migrations,
): Promise<void> {
  // The usual case costs two statements and no lock: nothing is missing.
  if (isUpToDate(await listApplied(db), known)) return;
  await db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(${sql.lit(migrationLock)})`.execute(trx);
    if (isUpToDate(await listApplied(trx), known)) return;
    await makeSchema(trx, 'meterboard');
    // The job queue makes its own tables there.
    await makeSchema(trx, 'meterboard_jobs');
    const migrator = new Migrator({
      db: trx,
      provider: { getMigrations: async () => known },
      migrationTableSchema: 'meterboard',
    });
    const { error } = await migrator.migrateToLatest();
    if (error) throw error;
  });
}

/** Looked for first: "if not exists" wants the right to make schemas even where there is nothing to make. */
async function makeSchema<Tables>(db: Kysely<Tables>, name: string): Promise<void> {
  const { rows } = await sql<{ is_there: boolean }>`
    select to_regnamespace(${name}) is not null as is_there`.execute(db);
  if (!rows[0]?.is_there) await sql`create schema ${sql.id(name)}`.execute(db);
}

/** The names of what was applied, oldest first. */
async function listApplied<Tables>(db: Kysely<Tables>): Promise<string[]> {
  const { rows: found } = await sql<{ has_table: boolean }>`
    select to_regclass('meterboard.kysely_migration') is not null as has_table`.execute(db);
  if (!found[0]?.has_table) return [];
  const { rows } = await sql<{
    name: string;
  }>`select name from meterboard.kysely_migration order by name`.execute(db);
  return rows.map(({ name }) => name);
}

function isUpToDate(applied: string[], known: Record<string, Migration>): boolean {
  const newer = applied.filter((name) => !(name in known));
  if (newer.length > 0) {
    throw new Error(
      `The Meterboard tables are newer than this version of @meterboard/server: they have ${newer.join(', ')}, which it does not know. Working on them could lose what the newer version keeps. Deploy the newer version again, or restore a backup from before it.`,
    );
  }
  return Object.keys(known).every((name) => applied.includes(name));
}
