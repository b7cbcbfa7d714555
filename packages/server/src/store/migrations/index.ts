import type { Migration } from 'kysely/migration';
import { firstTables } from './first-tables.ts';
import { providerTables } from './provider-tables.ts';

/**
 * What brings a database up to date, by name, in the order of the names. What has been published is never changed
 * and never taken back: the next change is a new entry. Old code may still run while a new entry is applied, so an
 * entry adds; it drops only what no published version reads any more.
 */
export const migrations: Record<string, Migration> = {
  '0001_first_tables': firstTables,
  '0002_provider_tables': providerTables,
};
