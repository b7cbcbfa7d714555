import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The tables of top-ups, bonuses, their grants, the audit and the inbox, as `tables.ts` describes them. */
export const firstTables: Migration = {
  async up(db) {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const topUpStates = `'created', 'open', 'requires_action', 'processing', 'paid', 'granting', 'granted',
  'partially_refunded', 'refunded', 'disputed', 'expired', 'canceled'`;

const isCurrency = (column: string) => `check (${column} ~ '^[a-z]{3}$')`;

/** Reasons that grow with the kit (`declined`, `stuck`, `kind` of the audit) are not listed here: code writes them, code reads them. */
const statements = [
  `create table meterboard.top_ups (
    top_up_id text primary key,
    livemode boolean not null,
    customer_id text not null,
    actor text,
    package_id text,
    label text not null,
    pay_with text not null check (pay_with in ('hosted_page', 'embedded_page', 'saved_card')),
    price_minor bigint not null check (price_minor > 0),
    price_currency text not null ${isCurrency('price_currency')},
    credit_minor bigint not null check (credit_minor > 0),
    credit_currency text not null ${isCurrency('credit_currency')},
    category text not null check (category in ('paid', 'promotional')),
    expires_after_months integer check (expires_after_months > 0),
    priority integer not null check (priority between 0 and 100),
    state text not null check (state in (${topUpStates})),
    declined text,
    paid_at_ms bigint,
    charged_minor bigint check (charged_minor >= 0),
    lost_minor bigint not null default 0 check (lost_minor >= 0),
    credited_minor bigint not null default 0 check (credited_minor >= 0 and credited_minor <= credit_minor),
    shortfall_minor bigint not null default 0 check (shortfall_minor >= 0),
    covers_used_minor bigint check (covers_used_minor >= 0),
    stuck text,
    look_at_ms bigint,
    looks integer not null default 0 check (looks >= 0),
    version integer not null default 0,
    created_at_ms bigint not null,
    updated_at_ms bigint not null
  )`,
  'create index top_ups_by_customer on meterboard.top_ups (customer_id, created_at_ms desc, top_up_id desc)',
  'create index top_ups_to_look_at on meterboard.top_ups (look_at_ms) where look_at_ms is not null',
  'create index top_ups_stuck on meterboard.top_ups (updated_at_ms) where stuck is not null',
  'create index top_ups_newest on meterboard.top_ups (created_at_ms desc)',

  `create table meterboard.top_up_payments (
    top_up_id text not null references meterboard.top_ups on delete cascade,
    n integer not null check (n > 0),
    kind text not null check (kind in ('checkout', 'charge')),
    is_embedded boolean not null,
    success_url text not null,
    cancel_url text not null,
    card_id text,
    idempotency_key text not null unique,
    payment_id text unique,
    intent_id text unique,
    sent_at_ms bigint,
    has_failed boolean not null default false,
    is_closed boolean not null default false,
    created_at_ms bigint not null,
    primary key (top_up_id, n)
  )`,

  `create table meterboard.credit_grants (
    owner_id text not null,
    generation integer not null check (generation > 0),
    n integer not null check (n > 0),
    customer_id text not null,
    name text not null,
    amount_minor bigint not null check (amount_minor > 0),
    currency text not null ${isCurrency('currency')},
    category text not null check (category in ('paid', 'promotional')),
    priority integer not null check (priority between 0 and 100),
    expires_at_ms bigint,
    idempotency_key text not null unique,
    state text not null check (state in ('planned', 'made', 'ending', 'ended', 'failed')),
    grant_id text unique,
    sent_at_ms bigint,
    has_failed boolean not null default false,
    taken_back_minor bigint not null default 0 check (taken_back_minor between 0 and amount_minor),
    created_at_ms bigint not null,
    primary key (owner_id, generation, n)
  )`,
  'create index credit_grants_by_customer on meterboard.credit_grants (customer_id, created_at_ms desc)',

  `create table meterboard.bonuses (
    bonus_id text primary key,
    livemode boolean not null,
    customer_id text not null,
    reason text not null,
    amount_minor bigint not null check (amount_minor > 0),
    currency text not null ${isCurrency('currency')},
    category text not null check (category in ('paid', 'promotional')),
    expires_at_ms bigint,
    state text not null check (state in ('granting', 'granted', 'revoking', 'revoked')),
    stuck text,
    look_at_ms bigint,
    created_at_ms bigint not null,
    updated_at_ms bigint not null
  )`,
  'create index bonuses_by_customer on meterboard.bonuses (customer_id, created_at_ms desc, bonus_id desc)',
  'create index bonuses_to_look_at on meterboard.bonuses (look_at_ms) where look_at_ms is not null',
  'create index bonuses_stuck on meterboard.bonuses (updated_at_ms) where stuck is not null',

  `create table meterboard.audit (
    seq bigint generated always as identity primary key,
    subject_id text not null,
    at_ms bigint not null,
    actor text not null,
    kind text not null,
    from_state text,
    to_state text,
    reason text,
    provider_ids text not null
  )`,
  'create index audit_by_subject on meterboard.audit (subject_id, seq)',
  // Erasing leaves who it was of a kind ("customer:ada" → "customer") and takes the reason, whole or not at all.
  `create function meterboard.keep_audit() returns trigger language plpgsql as $$
  begin
    if tg_op = 'UPDATE' and new.actor in (old.actor, split_part(old.actor, ':', 1), '')
      and (new.reason is null or new.reason = '' or new.reason is not distinct from old.reason)
      and (new.seq, new.subject_id, new.at_ms, new.kind, new.from_state, new.to_state, new.provider_ids)
        is not distinct from
          (old.seq, old.subject_id, old.at_ms, old.kind, old.from_state, old.to_state, old.provider_ids)
    then
      return new;
    end if;
    raise exception 'The audit of top-ups only grows: its rows are not changed or removed. Erasing a customer may blank actor and reason.'
      using errcode = 'restrict_violation';
  end $$`,
  `create trigger audit_is_kept before update or delete on meterboard.audit
    for each row execute function meterboard.keep_audit()`,

  `create table meterboard.webhook_events (
    event_id text primary key,
    livemode boolean not null,
    payload text not null check (payload in ('snapshot', 'thin')),
    type text not null,
    created_at_ms bigint not null,
    received_at_ms bigint not null,
    origin text not null check (origin in ('delivery', 'sweep')),
    body text not null,
    state text not null check (state in ('received', 'done', 'ignored', 'parked')),
    tries integer not null default 0 check (tries >= 0),
    reason text,
    deliveries integer not null default 1 check (deliveries >= 0),
    done_at_ms bigint
  )`,
  'create index webhook_events_by_state on meterboard.webhook_events (state, received_at_ms)',

  `create table meterboard.cursors (
    name text primary key,
    at_ms bigint not null
  )`,
];
