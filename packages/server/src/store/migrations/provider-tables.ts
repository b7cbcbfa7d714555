import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The tables of what all processes know of the provider: final usage, turns, counts and what was dropped. */
export const providerTables: Migration = {
  async up(db) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `create table meterboard.usage_windows (
    window_key text primary key,
    customer_id text not null,
    body text not null,
    read_at_ms bigint not null
  )`,
  'create index usage_windows_by_customer on meterboard.usage_windows (customer_id)',

  `create table meterboard.provider_turns (
    account text primary key,
    state text not null
  )`,

  `create table meterboard.provider_calls (
    account text not null,
    day_ms bigint not null,
    gets bigint not null check (gets >= 0),
    primary key (account, day_ms)
  )`,

  `create table meterboard.cache_marks (
    seq bigint generated always as identity primary key,
    sender text not null,
    customer_id text,
    meter_id text,
    what text,
    at_ms bigint not null
  )`,
];
