import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect } from 'kysely';
import { type ControlServer, startControlServer } from '../operator/control-server.ts';
import { takeHostLock } from '../operator/host-lock.ts';
import { migrate } from './migrate.ts';
import { bigintOid, readBigint } from './read-values.ts';
import type { OpenStore, Store, StoreParts } from './store.ts';
import type { Tables } from './tables.ts';

export type EmbeddedStoreOptions =
  | {
      /** Made when it is missing. `.meterboard` in the working directory unless said otherwise. */
      folder?: string;
    }
  | {
      /** For tests: nothing is kept, and nobody else can ask for it. */
      inMemory: true;
      /** The dump of a data directory to begin with. */
      begin?: Blob;
    };

/**
 * Keeps everything durable in a folder of this machine, with PostgreSQL inside the process: nothing to install, one
 * process at a time. A second one is refused with words; a lock that a killed process left is taken over. While open,
 * `npx meterboard` on this machine can command the host. Survives a killed process, not a lost disk. A script has to
 * close it to end: timers inside PGlite keep the process.
 */
export function embeddedStore(options: EmbeddedStoreOptions = {}): Store {
  if ('inMemory' in options) {
    const data = options.begin ? { loadDataDir: options.begin } : {};
    return { kind: 'embedded', open: () => openDatabase(data, async () => undefined) };
  }
  const folder = resolve(options.folder ?? '.meterboard');
  return { kind: 'embedded', folder, open: (parts) => openFolder(folder, parts) };
}

async function openFolder(folder: string, parts: StoreParts): Promise<OpenStore> {
  makeFolder(folder);
  const control = await startControlServer(parts.operate);
  let giveBack: () => void;
  try {
    giveBack = await takeHostLock(folder, control);
  } catch (error) {
    await control.close();
    throw error;
  }
  return openDatabase({ dataDir: join(folder, 'database') }, () => leave(control, giveBack));
}

async function leave(control: ControlServer, giveBack: () => void): Promise<void> {
  await control.close();
  giveBack();
}

/** A folder that version control leaves alone. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const ignore = join(folder, '.gitignore');
    if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
  } catch (cause) {
    throw new Error(
      `${folder} cannot be written. The embedded database lives there. Name a folder that can (embeddedStore({ folder })), or, where disks do not last, pass postgresStore({ connectionString }) of @meterboard/server/postgres.`,
      { cause },
    );
  }
}

async function openDatabase(
  where: { dataDir?: string; loadDataDir?: Blob },
  onClosed: () => Promise<void>,
): Promise<OpenStore> {
  let pglite: PGlite | undefined;
  const close = async () => {
    try {
      if (pglite && !pglite.closed) await pglite.close();
    } finally {
      await onClosed();
    }
  };
  try {
    pglite = await PGlite.create({ ...where, parsers: { [bigintOid]: readBigint } });
    const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) });
    await migrate(db);
    const opened = pglite;
    return {
      kind: 'embedded',
      db: db.withSchema('meterboard'),
      executeSql: (text, values) => executeSql(db, opened, text, values),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * There is one connection: what fails between `begin` and `commit` is rolled back before anybody else has their turn.
 */
function executeSql(db: Kysely<Tables>, pglite: PGlite, text: string, values?: unknown[]) {
  return db.connection().execute(async () => {
    try {
      if (values?.length) return await pglite.query<unknown>(text, values);
      const answers = await pglite.exec(text);
      return { rows: answers.flatMap(({ rows }): unknown[] => rows) };
    } catch (error) {
      await pglite.query('rollback').catch(() => undefined);
      throw error;
    }
  });
}
