import type { Kysely, Transaction } from 'kysely';
import type { Logger } from '../logger.ts';
import type { Tables } from './tables.ts';

export type Database = Kysely<Tables>;

/** A database or a transaction: what a statement can run on. */
export type Queryable = Kysely<Tables> | Transaction<Tables>;

/** An open database whose tables are there and up to date. */
export interface OpenStore {
  kind: 'embedded' | 'postgres';
  /** Tables of the schema `meterboard`. */
  db: Database;
  /** Runs SQL text with `$1` parameters, also several statements at once where there are none: for the job queue. */
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
  close(): Promise<void>;
}

/** What a store is told when it opens. */
export interface StoreParts {
  logger: Logger;
  /** Answers a command of another process on this machine (`npx meterboard …`), where the store can be opened only once. */
  operate(command: string, input: unknown): Promise<unknown>;
}

/** Where durable things live. Nothing is opened before `open()`; opening applies the migrations that are missing. */
export interface Store {
  kind: 'embedded' | 'postgres';
  /** Where an embedded store is kept, absolute; another process finds its host by it. */
  folder?: string;
  open(parts: StoreParts): Promise<OpenStore>;
}
