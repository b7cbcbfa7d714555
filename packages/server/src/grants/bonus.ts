import { createHash } from 'node:crypto';
import { BillingError, type CreditCategory, type Money } from '@meterboard/contract';
import type { Selectable } from 'kysely';
import type { Queryable } from '../store/store.ts';
import type { BonusTable, StuckReason } from '../store/tables.ts';
import { needTopUps, type TopUpParts } from '../top-ups/parts.ts';
import { addAudit, type GrantRow, readGrants, setGrant } from '../top-ups/rows.ts';
import { makeGrant } from './make-grant.ts';
import { takeBackGrant } from './take-back-grant.ts';

/** A credit that the host gives: goodwill, a promotion, a correction. */
export interface BonusInput {
  /** The billing provider's customer. */
  customerId: string;
  /** The host's own id of the occasion: the same customer and key is the same bonus, however often it is given. 1..200 characters. */
  key: string;
  amount: Money;
  /** For the audit only; at most 100 characters. */
  reason: string;
  /** What the customer reads in the list of credits; default "Credit". At most 100 characters. */
  name?: string;
  /** Default `promotional`. */
  category?: CreditCategory;
  /** Unix ms; left out: it does not expire. */
  expiresAtMs?: number;
}

/** A bonus and what became of it. */
export interface Bonus {
  bonusId: string;
  /** `granting` and `revoking`: the provider could not do it yet; it is tried again by itself. */
  state: BonusTable['state'];
  amount: Money;
  /** Why it does not go on; `null`: it does. */
  stuck: StuckReason | null;
}

/** The same customer and key make the same id, and one that says nothing of either. */
export function bonusIdOf(customerId: string, key: string): string {
  return `bo_${createHash('sha256')
    .update(JSON.stringify([customerId, key]))
    .digest('base64url')}`;
}

/**
 * Gives credits, once per customer and key. Rejects with `invalid_input` for an amount or date that cannot be,
 * with `customer_not_found`, and with `conflict` where the key already stands for another amount, category or expiry.
 */
export async function giveBonus(parts: TopUpParts, input: BonusInput): Promise<Bonus> {
  const { db, gateway, nowMs } = parts;
  const topUps = needTopUps(gateway);
  const { customerId, key, amount, reason, category = 'promotional', expiresAtMs = null } = input;
  const bonusId = bonusIdOf(customerId, key);
  const atMs = nowMs();
  checkBonus(input);
  const known = await db
    .selectFrom('bonuses')
    .select('bonus_id')
    .where('bonus_id', '=', bonusId)
    .executeTakeFirst();
  if (!known) {
    if (expiresAtMs !== null && expiresAtMs <= atMs)
      throw refused('expiresAtMs', 'The expiry lies in the future.');
    await gateway.listSubscriptions(customerId);
  }
  await db.transaction().execute(async (transaction) => {
    const made = await transaction
      .insertInto('bonuses')
      .values({
        bonus_id: bonusId,
        livemode: topUps.livemode ?? false,
        customer_id: customerId,
        reason,
        amount_minor: amount.amountMinor,
        currency: amount.currency,
        category,
        expires_at_ms: expiresAtMs,
        state: 'granting',
        stuck: null,
        look_at_ms: atMs,
        created_at_ms: atMs,
        updated_at_ms: atMs,
      })
      .onConflict((conflict) => conflict.column('bonus_id').doNothing())
      .returning('bonus_id')
      .executeTakeFirst();
    if (!made) return;
    const row = await requireBonus(transaction, bonusId);
    await planBonusGrant(transaction, row, { n: 1, name: input.name ?? 'Credit', atMs });
    await addAudit(transaction, {
      subjectId: bonusId,
      atMs,
      actor: 'host',
      kind: 'state',
      toState: 'granting',
      reason,
    });
  });
  const row = await requireBonus(db, bonusId);
  const isSame =
    row.amount_minor === amount.amountMinor &&
    row.currency === amount.currency &&
    row.category === category &&
    row.expires_at_ms === expiresAtMs;
  if (!isSame) throw new BillingError('conflict', { field: 'key' });
  return describe(await settleBonus(parts, bonusId));
}

/** Takes back what is unused of a bonus. Again is the same. Rejects with `not_found` where there is none. */
export async function revokeBonus(
  parts: TopUpParts,
  { customerId, key, reason }: { customerId: string; key: string; reason: string },
): Promise<Bonus> {
  const bonusId = bonusIdOf(customerId, key);
  await parts.db.transaction().execute(async (transaction) => {
    const row = await lockBonus(transaction, bonusId);
    if (!row || row.customer_id !== customerId) throw new BillingError('not_found', { field: 'key' });
    if (row.state === 'granting' || row.state === 'granted') {
      await changeBonus(transaction, row, 'revoking', { atMs: parts.nowMs(), actor: 'host', reason });
    }
  });
  return describe(await settleBonus(parts, bonusId));
}

/** Drives a bonus to what the host wants. What does not work now is looked at again. */
export async function settleBonus(parts: TopUpParts, bonusId: string): Promise<Selectable<BonusTable>> {
  const { db } = parts;
  for (let step = 0; step < 8; step += 1) {
    const row = await requireBonus(db, bonusId);
    const grant = (await readGrants(db, bonusId)).at(-1);
    if (row.customer_id === '' || !grant || row.state === 'granted' || row.state === 'revoked') return row;
    if (
      grant.state === 'planned' &&
      row.state === 'revoking' &&
      (grant.sent_at_ms === null || grant.has_failed)
    ) {
      await setGrant(db, grant, { state: 'failed' });
    } else if (grant.state === 'planned') {
      if ((grant.expires_at_ms ?? Number.POSITIVE_INFINITY) <= parts.nowMs() && grant.sent_at_ms === null) {
        return tellStuck(parts, bonusId, 'grant_refused', null);
      }
      const outcome = await makeGrant(parts, grant);
      if (outcome.kind === 'unknown') return tellStuck(parts, bonusId, outcome.stuck);
      await finishTry(parts, grant, outcome.kind === 'made' ? outcome.grantId : null);
    } else if (row.state === 'granting') {
      await settleTo(parts, bonusId, 'granted');
    } else {
      if (grant.state === 'made' || grant.state === 'ending') {
        const takenBackMinor = await takeBackGrant(parts, grant);
        await setGrant(db, grant, { state: 'ended', taken_back_minor: takenBackMinor });
      }
      await settleTo(parts, bonusId, 'revoked');
    }
  }
  return requireBonus(db, bonusId);
}

/** A try that made none is followed by the next one, with all else the same. */
async function finishTry(parts: TopUpParts, grant: GrantRow, grantId: string | null): Promise<void> {
  await parts.db.transaction().execute(async (transaction) => {
    const row = await lockBonus(transaction, grant.owner_id);
    const now = (await readGrants(transaction, grant.owner_id)).at(-1);
    if (!row || now?.n !== grant.n || now.state !== 'planned') return;
    const atMs = parts.nowMs();
    await setGrant(
      transaction,
      grant,
      grantId === null ? { state: 'failed' } : { state: 'made', grant_id: grantId },
    );
    if (grantId === null) await planBonusGrant(transaction, row, { n: grant.n + 1, name: grant.name, atMs });
    await addAudit(transaction, {
      subjectId: grant.owner_id,
      atMs,
      actor: 'host',
      kind: grantId === null ? 'grant_failed' : 'grant_made',
      providerIds: { grant: grantId },
    });
  });
}

async function planBonusGrant(
  transaction: Queryable,
  row: Selectable<BonusTable>,
  { n, name, atMs }: { n: number; name: string; atMs: number },
): Promise<void> {
  await transaction
    .insertInto('credit_grants')
    .values({
      owner_id: row.bonus_id,
      generation: 1,
      n,
      customer_id: row.customer_id,
      name,
      amount_minor: row.amount_minor,
      currency: row.currency,
      category: row.category,
      priority: 50,
      expires_at_ms: row.expires_at_ms,
      idempotency_key: `${row.bonus_id}:1:${n}`,
      state: 'planned',
      grant_id: null,
      sent_at_ms: null,
      created_at_ms: atMs,
    })
    .execute();
}

async function settleTo(parts: TopUpParts, bonusId: string, state: 'granted' | 'revoked'): Promise<void> {
  await parts.db.transaction().execute(async (transaction) => {
    const row = await lockBonus(transaction, bonusId);
    const from = state === 'granted' ? 'granting' : 'revoking';
    if (row?.state !== from) return;
    await changeBonus(transaction, row, state, { atMs: parts.nowMs(), actor: 'host', reason: null });
  });
}

async function changeBonus(
  transaction: Queryable,
  row: Selectable<BonusTable>,
  state: BonusTable['state'],
  { atMs, actor, reason }: { atMs: number; actor: string; reason: string | null },
): Promise<void> {
  const isOver = state === 'granted' || state === 'revoked';
  await transaction
    .updateTable('bonuses')
    .set({ state, stuck: null, look_at_ms: isOver ? null : atMs, updated_at_ms: atMs })
    .where('bonus_id', '=', row.bonus_id)
    .execute();
  await addAudit(transaction, {
    subjectId: row.bonus_id,
    atMs,
    actor,
    kind: 'state',
    fromState: row.state,
    toState: state,
    reason,
  });
}

async function tellStuck(
  { db, jobs, nowMs }: TopUpParts,
  bonusId: string,
  stuck: StuckReason | null,
  afterMs: number | null = stuck === null ? 10_000 : 60 * 60_000,
): Promise<Selectable<BonusTable>> {
  const atMs = nowMs();
  await db
    .updateTable('bonuses')
    .set({ stuck, look_at_ms: afterMs === null ? null : atMs + afterMs, updated_at_ms: atMs })
    .where('bonus_id', '=', bonusId)
    .execute();
  if (afterMs !== null) await jobs.send('settle_bonus', { bonusId }, { afterMs, key: bonusId });
  return requireBonus(db, bonusId);
}

function lockBonus(transaction: Queryable, bonusId: string): Promise<Selectable<BonusTable> | undefined> {
  return transaction
    .selectFrom('bonuses')
    .selectAll()
    .where('bonus_id', '=', bonusId)
    .forUpdate()
    .executeTakeFirst();
}

async function requireBonus(db: Queryable, bonusId: string): Promise<Selectable<BonusTable>> {
  const row = await db.selectFrom('bonuses').selectAll().where('bonus_id', '=', bonusId).executeTakeFirst();
  if (!row) throw new BillingError('not_found');
  return row;
}

function describe(row: Selectable<BonusTable>): Bonus {
  return {
    bonusId: row.bonus_id,
    state: row.state,
    amount: { amountMinor: row.amount_minor, currency: row.currency },
    stuck: row.stuck,
  };
}

function refused(field: string, message: string): BillingError {
  return new BillingError('invalid_input', { field, message });
}

function checkBonus({ customerId, key, amount, reason, name, expiresAtMs }: BonusInput): void {
  const refuse = refused;
  if (customerId === '') throw refuse('customerId', 'Name the customer.');
  if (key === '' || key.length > 200) throw refuse('key', 'The key has 1 to 200 characters.');
  if (name !== undefined && (name.trim() === '' || name.length > 100))
    throw refuse('name', 'The name has 1 to 100 characters.');
  if (reason.trim() === '' || reason.length > 100)
    throw refuse('reason', 'The reason has 1 to 100 characters.');
  const { amountMinor, currency } = amount;
  if (!Number.isSafeInteger(amountMinor) || amountMinor <= 0 || !/^[a-z]{3}$/.test(currency)) {
    throw refuse('amount', 'The amount is a positive integer of minor units in a currency such as usd.');
  }
  if (expiresAtMs !== undefined && !Number.isSafeInteger(expiresAtMs)) {
    throw refuse('expiresAtMs', 'The expiry is an instant in Unix ms.');
  }
}
