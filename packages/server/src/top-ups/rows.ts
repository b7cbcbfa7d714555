import type { Insertable, Selectable, Updateable } from 'kysely';
import type { Database, Queryable } from '../store/store.ts';
import type { CreditGrantTable, TopUpPaymentTable, TopUpTable } from '../store/tables.ts';

export type TopUpRow = Selectable<TopUpTable>;
export type PaymentRow = Selectable<TopUpPaymentTable>;
export type GrantRow = Selectable<CreditGrantTable>;

/** A purchase with its payments and its grants, each in order. */
export interface Purchase {
  row: TopUpRow;
  payments: PaymentRow[];
  grants: GrantRow[];
}

/** The purchase, or `null`. */
export async function readPurchase(db: Queryable, topUpId: string): Promise<Purchase | null> {
  const row = await db.selectFrom('top_ups').selectAll().where('top_up_id', '=', topUpId).executeTakeFirst();
  if (!row) return null;
  const [payments, grants] = [await readPayments(db, topUpId), await readGrants(db, topUpId)];
  return { row, payments, grants };
}

/** The same with the row held until the transaction ends, so that decisions about one purchase come one after the other. */
export async function lockPurchase(transaction: Queryable, topUpId: string): Promise<Purchase | null> {
  const held = await transaction
    .selectFrom('top_ups')
    .select('top_up_id')
    .where('top_up_id', '=', topUpId)
    .forUpdate()
    .executeTakeFirst();
  return held ? readPurchase(transaction, topUpId) : null;
}

function readPayments(db: Queryable, topUpId: string): Promise<PaymentRow[]> {
  return db.selectFrom('top_up_payments').selectAll().where('top_up_id', '=', topUpId).orderBy('n').execute();
}

/** All grants and tries of a purchase or bonus. */
export function readGrants(db: Queryable, ownerId: string): Promise<GrantRow[]> {
  return db
    .selectFrom('credit_grants')
    .selectAll()
    .where('owner_id', '=', ownerId)
    .orderBy('generation')
    .orderBy('n')
    .execute();
}

/** Who did it, for the audit: `customer:ada`, `webhook`, `sweep`, `operator`, `host`. */
export type Actor = string;

/** What the audit keeps of a change. */
export interface AuditEntry {
  subjectId: string;
  atMs: number;
  actor: Actor;
  kind: string;
  fromState?: string | null;
  toState?: string | null;
  reason?: string | null;
  providerIds?: Record<string, string | null>;
}

export async function addAudit(db: Queryable, entry: AuditEntry): Promise<void> {
  await db
    .insertInto('audit')
    .values({
      subject_id: entry.subjectId,
      at_ms: entry.atMs,
      actor: entry.actor,
      kind: entry.kind,
      from_state: entry.fromState ?? null,
      to_state: entry.toState ?? null,
      reason: entry.reason ?? null,
      provider_ids: JSON.stringify(entry.providerIds ?? {}),
    })
    .execute();
}

/** Who changes a row, when, and why. */
export interface Change {
  actor: Actor;
  atMs: number;
  reason?: string | null;
  providerIds?: Record<string, string | null>;
}

/**
 * Changes a purchase within a transaction that holds it. A new state, or a new reason to be stuck, goes into the audit with it.
 * Answers the row as it is then; `version` has risen by one.
 */
export async function changeTopUp(
  transaction: Queryable,
  row: TopUpRow,
  values: Omit<Updateable<TopUpTable>, 'top_up_id' | 'version' | 'updated_at_ms'>,
  { actor, atMs, reason = null, providerIds = {} }: Change,
): Promise<TopUpRow> {
  const state = values.state ?? row.state;
  const stuck = values.stuck === undefined ? row.stuck : values.stuck;
  const looks = state === row.state ? row.looks : 0;
  const changed = await transaction
    .updateTable('top_ups')
    .set({ looks, ...values, version: row.version + 1, updated_at_ms: atMs })
    .where('top_up_id', '=', row.top_up_id)
    .returningAll()
    .executeTakeFirstOrThrow();
  const common = { subjectId: row.top_up_id, atMs, actor, providerIds };
  if (state !== row.state) {
    await addAudit(transaction, { ...common, kind: 'state', fromState: row.state, toState: state, reason });
  }
  if (stuck !== row.stuck) {
    await addAudit(transaction, {
      ...common,
      kind: stuck === null ? 'unstuck' : 'stuck',
      reason: stuck ?? row.stuck,
    });
  }
  return changed;
}

/** Inserts unless it is there; answers whether it was new. */
export async function insertTopUp(
  db: Database,
  assertAllowed: (transaction: Queryable) => Promise<void>,
  values: Insertable<TopUpTable>,
  change: Change,
): Promise<boolean> {
  return db.transaction().execute(async (transaction) => {
    await assertAllowed(transaction);
    const made = await transaction
      .insertInto('top_ups')
      .values(values)
      .onConflict((conflict) => conflict.column('top_up_id').doNothing())
      .returning('top_up_id')
      .executeTakeFirst();
    if (!made) return false;
    const { actor, atMs } = change;
    await addAudit(transaction, {
      subjectId: values.top_up_id,
      atMs,
      actor,
      kind: 'state',
      toState: values.state,
    });
    return true;
  });
}

/** Changes a grant within a transaction. */
export async function setGrant(
  transaction: Queryable,
  { owner_id, generation, n }: GrantRow,
  values: Partial<Pick<GrantRow, 'state' | 'grant_id' | 'taken_back_minor'>>,
): Promise<void> {
  await transaction
    .updateTable('credit_grants')
    .set(values)
    .where('owner_id', '=', owner_id)
    .where('generation', '=', generation)
    .where('n', '=', n)
    .execute();
}

/** The latest payment of a purchase. */
export function latestPayment({ payments }: Purchase): PaymentRow | undefined {
  return payments.at(-1);
}
