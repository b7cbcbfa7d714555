import type { CreditCategory, DeclineReason, PayWith } from '@meterboard/contract';
import type { Generated } from 'kysely';

/*
 * The tables, in the schema `meterboard`. Instants are Unix ms and amounts minor units, both `bigint` in the database
 * and numbers here. Everything that decides what a call to the provider says is written before that call is made.
 */

/**
 * Where a purchase stands. `created`: no payment is known to exist yet. `granting`: the grant is decided, and perhaps
 * made. Everything before `paid` can still become `paid`, `expired` and `canceled` included.
 */
export type TopUpRowState =
  | 'created'
  | 'open'
  | 'requires_action'
  | 'processing'
  | 'paid'
  | 'granting'
  | 'granted'
  | 'partially_refunded'
  | 'refunded'
  | 'disputed'
  | 'expired'
  | 'canceled';

/**
 * Why a purchase needs the operator, or time. `grant_cap`: the provider allows no more unused grants.
 * `draft_waiting`: a partial refund waits until the draft that the grant covers is finalised.
 */
export type StuckReason =
  | 'not_as_agreed'
  | 'paid_twice'
  | 'customer_deleted'
  | 'grant_cap'
  | 'grant_refused'
  | 'draft_waiting'
  | 'charge_unknown'
  | 'shortfall';

/** One purchase per customer and attempt. */
export interface TopUpTable {
  /** Made of customer and attempt, so that it is the same for both. */
  top_up_id: string;
  livemode: boolean;
  /** Empty once the customer was erased. */
  customer_id: string;
  /** Who clicked, as the host names them; `null`: unknown or erased. */
  actor: string | null;
  /** `null`: an amount of the customer's own. */
  package_id: string | null;
  label: string;
  pay_with: PayWith;
  price_minor: number;
  price_currency: string;
  credit_minor: number;
  credit_currency: string;
  category: CreditCategory;
  expires_after_months: number | null;
  /** 0 first … 100 last. */
  priority: number;
  state: TopUpRowState;
  declined: DeclineReason | null;
  paid_at_ms: number | null;
  /** What the charge took, in its own currency, and what of it is refunded or lost to disputes. */
  charged_minor: number | null;
  lost_minor: Generated<number>;
  /** What the customer keeps of the credit, used or not: granted less taken back. */
  credited_minor: Generated<number>;
  /** What was used beyond what a refund left. */
  shortfall_minor: Generated<number>;
  /** How much of the credit pays for usage made before it came; `null`: not known. */
  covers_used_minor: number | null;
  stuck: StuckReason | null;
  /** When to ask the provider again; `null`: nothing is expected to happen by itself. */
  look_at_ms: number | null;
  /** Looks since the last change of state. */
  looks: Generated<number>;
  /** Rises with every change: a reading of the provider counts only if nothing changed since it began. */
  version: Generated<number>;
  created_at_ms: number;
  updated_at_ms: number;
}

/** The payments of a purchase, one after the other: the next one is made when the former is closed. */
export interface TopUpPaymentTable {
  top_up_id: string;
  /** 1, 2, 3 … */
  n: number;
  kind: 'checkout' | 'charge';
  is_embedded: boolean;
  success_url: string;
  cancel_url: string;
  /** The card that is charged; `null` for payment pages. */
  card_id: string | null;
  idempotency_key: string;
  /** The provider's session or intent; `null`: not known to exist. Unique. */
  payment_id: string | null;
  /** The provider's intent behind it; `null`: none yet. Unique. */
  intent_id: string | null;
  /** When the call was first sent; `null`: never. */
  sent_at_ms: number | null;
  /** The provider answered that it failed: a look-up, then a new key. */
  has_failed: Generated<boolean>;
  /** Nothing can be paid with it any more. */
  is_closed: Generated<boolean>;
  created_at_ms: number;
}

/** What the kit grants: for purchases (`owner_id` is the top-up) and for the host's own bonuses. */
export interface CreditGrantTable {
  owner_id: string;
  /** 1, 2, 3 …: more than one after refunds and restorations. */
  generation: number;
  /** 1, 2, 3 …: a try under a key of its own. */
  n: number;
  customer_id: string;
  name: string;
  amount_minor: number;
  currency: string;
  category: CreditCategory;
  priority: number;
  expires_at_ms: number | null;
  idempotency_key: string;
  /** `ending`: it is being taken back. `ended`: it was. `failed`: this try made none. */
  state: 'planned' | 'made' | 'ending' | 'ended' | 'failed';
  /** The provider's id. Unique. */
  grant_id: string | null;
  sent_at_ms: number | null;
  has_failed: Generated<boolean>;
  /** What was unused when it was taken back. */
  taken_back_minor: Generated<number>;
  created_at_ms: number;
}

/** Credits that the host gives, one per customer and key of the host's. */
export interface BonusTable {
  bonus_id: string;
  livemode: boolean;
  customer_id: string;
  reason: string;
  amount_minor: number;
  currency: string;
  category: CreditCategory;
  expires_at_ms: number | null;
  state: 'granting' | 'granted' | 'revoking' | 'revoked';
  stuck: StuckReason | null;
  look_at_ms: number | null;
  created_at_ms: number;
  updated_at_ms: number;
}

/** Who did what, when and why. Rows are never changed; erasing a customer blanks `actor` and `reason`. */
export interface AuditTable {
  seq: Generated<number>;
  /** A top-up or a bonus. */
  subject_id: string;
  at_ms: number;
  /** `customer`, `webhook`, `sweep`, `operator`, `host`; with a name where one is known (`customer:ada`). */
  actor: string;
  /** What happened ("state", "payment_created", "grant_made", "grant_ended", "declined", "stuck"). */
  kind: string;
  from_state: string | null;
  to_state: string | null;
  reason: string | null;
  /** The provider's ids, as JSON text. */
  provider_ids: string;
}

/** What arrived from the provider, stored before it is acknowledged. */
export interface WebhookEventTable {
  event_id: string;
  livemode: boolean;
  payload: 'snapshot' | 'thin';
  type: string;
  /** When the provider says that it happened. */
  created_at_ms: number;
  received_at_ms: number;
  /** How it came: delivered, or fetched by a sweep. */
  origin: 'delivery' | 'sweep';
  /** As it was received. */
  body: string;
  /** `parked`: given up after its tries, or nothing that can be understood. */
  state: 'received' | 'done' | 'ignored' | 'parked';
  tries: Generated<number>;
  /** Why it failed, was ignored or parked. */
  reason: string | null;
  /** How often it was delivered. */
  deliveries: Generated<number>;
  done_at_ms: number | null;
}

/** Where something that walks along had come to. */
export interface CursorTable {
  name: string;
  at_ms: number;
}

/** Usage that can no longer change. */
export interface UsageWindowTable {
  /** A hash of account, customer and question. */
  window_key: string;
  customer_id: string;
  /** The rows, as JSON text. */
  body: string;
  read_at_ms: number;
}

/** When calls to the provider were allowed to begin, by account. */
export interface ProviderTurnTable {
  account: string;
  /** As JSON text. */
  state: string;
}

/** How many readings were made on a UTC day. */
export interface ProviderCallTable {
  account: string;
  day_ms: number;
  gets: number;
}

/** What a process dropped from its memory, so that the others drop it too. Gone after an hour. */
export interface CacheMarkTable {
  seq: Generated<number>;
  /** Names the process. */
  sender: string;
  /** `null`: all of them. */
  customer_id: string | null;
  meter_id: string | null;
  what: 'usage' | 'billing' | 'purchases' | 'definitions' | null;
  at_ms: number;
}

/** The whole database, for Kysely. */
export interface Tables {
  top_ups: TopUpTable;
  top_up_payments: TopUpPaymentTable;
  credit_grants: CreditGrantTable;
  bonuses: BonusTable;
  audit: AuditTable;
  webhook_events: WebhookEventTable;
  cursors: CursorTable;
  usage_windows: UsageWindowTable;
  provider_turns: ProviderTurnTable;
  provider_calls: ProviderCallTable;
  cache_marks: CacheMarkTable;
}
