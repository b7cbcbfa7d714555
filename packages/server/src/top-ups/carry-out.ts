import { BillingError } from '@meterboard/contract';
import { creditedMinor } from '../domain/plan-grants.ts';
import type { RawTopUpPayment } from '../gateway.ts';
import { makeGrant } from '../grants/make-grant.ts';
import { takeBackGrant } from '../grants/take-back-grant.ts';
import { describeCause } from '../logger.ts';
import type { StuckReason } from '../store/tables.ts';
import type { Action } from './decide-settlement.ts';
import { needTopUps } from './parts.ts';
import { type Reading, type SettleParts, toPlanned } from './reading.ts';
import {
  type Actor,
  addAudit,
  changeTopUp,
  type GrantRow,
  lockPurchase,
  readPurchase,
  setGrant,
} from './rows.ts';

/** `stop`: it did not work out now; the row says when it is tried again. */
type Outcome = 'go_on' | 'stop';

/** Carries out what was decided. */
export async function carryOut(
  parts: SettleParts,
  action: Action | null,
  { topUpId, reading, actor }: { topUpId: string; reading: Reading; actor: Actor },
): Promise<Outcome> {
  if (action === null) return 'stop';
  switch (action.kind) {
    case 'close':
      return close(parts, action.payment, reading);
    case 'end_extra': {
      await endExtra(parts, { topUpId, grantId: action.grantId, actor });
      reading.extraGrantIds = reading.extraGrantIds.filter((grantId) => grantId !== action.grantId);
      return 'go_on';
    }
    case 'take_back':
      return takeBack(parts, action.grant, reading, actor);
    case 'make':
      return make(parts, action.grant, reading, actor);
  }
}

/** Another payment of a purchase that is paid: nobody shall pay it by mistake. */
async function close(parts: SettleParts, payment: RawTopUpPayment, reading: Reading): Promise<Outcome> {
  const closed = await needTopUps(parts.gateway).closePayment({
    customerId: await customerOf(parts, payment.topUpId),
    kind: payment.kind,
    paymentId: payment.paymentId,
  });
  reading.version = -1;
  return closed.isFinal ? 'go_on' : 'stop';
}

async function takeBack(
  parts: SettleParts,
  grant: GrantRow,
  reading: Reading,
  actor: Actor,
): Promise<Outcome> {
  try {
    const takenBackMinor = await takeBackGrant(parts, grant);
    const values = { state: 'ended', taken_back_minor: takenBackMinor } as const;
    // It was read before this grant was over.
    reading.ledger = null;
    await record(parts, reading, grant, { from: 'ending', values, kind: 'grant_ended', actor });
    return 'go_on';
  } catch (error) {
    if (!(error instanceof BillingError)) throw error;
    parts.logger.error('Credits could not be taken back; it is tried again.', {
      topUpId: grant.owner_id,
      code: error.code,
      cause: describeCause(error.cause ?? error),
    });
    const isGone = error.code === 'customer_not_found';
    const stuck = error.retryable ? null : isGone ? 'customer_deleted' : 'take_back_refused';
    await noteStuck(parts, grant, stuck, actor);
    return 'stop';
  }
}

async function make(parts: SettleParts, grant: GrantRow, reading: Reading, actor: Actor): Promise<Outcome> {
  if (grant.generation === 1 && grant.sent_at_ms === null) await noteCovers(parts, grant);
  const outcome = await makeGrant(parts, grant);
  switch (outcome.kind) {
    case 'made': {
      const { grantId } = outcome;
      const values = { state: 'made', grant_id: grantId } as const;
      const isOurs = await record(parts, reading, grant, {
        from: 'planned',
        values,
        kind: 'grant_made',
        actor,
      });
      if (!isOurs) await endExtra(parts, { topUpId: grant.owner_id, grantId, actor });
      return 'go_on';
    }
    case 'failed':
      await record(parts, reading, grant, {
        from: 'planned',
        values: { state: 'failed' },
        kind: 'grant_failed',
        actor,
      });
      return 'go_on';
    case 'unknown':
      await noteStuck(parts, grant, outcome.stuck, actor);
      return 'stop';
  }
}

/** A grant of a try that was given up and came after all: it is one too many. */
async function endExtra(
  parts: SettleParts,
  { topUpId, grantId, actor }: { topUpId: string; grantId: string; actor: Actor },
): Promise<void> {
  const { db, gateway, nowMs } = parts;
  const customerId = await customerOf(parts, topUpId);
  await needTopUps(gateway).endGrant({ customerId, grantId, nowMs: nowMs() });
  const providerIds = { grant: grantId };
  await addAudit(db, { subjectId: topUpId, atMs: nowMs(), actor, kind: 'extra_grant_ended', providerIds });
}

async function customerOf({ db }: SettleParts, topUpId: string): Promise<string> {
  const row = await db
    .selectFrom('top_ups')
    .select('customer_id')
    .where('top_up_id', '=', topUpId)
    .executeTakeFirstOrThrow();
  return row.customer_id;
}

/** Writes down how a call ended, once; whoever else waited for the same end finds it written. Answers whether it stands so. */
async function record(
  { db, nowMs }: SettleParts,
  reading: Reading,
  grant: GrantRow,
  change: {
    from: GrantRow['state'];
    values: Partial<Pick<GrantRow, 'state' | 'grant_id' | 'taken_back_minor'>>;
    kind: string;
    actor: Actor;
  },
): Promise<boolean> {
  return db.transaction().execute(async (transaction) => {
    const purchase = await lockPurchase(transaction, grant.owner_id);
    const now = purchase?.grants.find(
      ({ generation, n }) => generation === grant.generation && n === grant.n,
    );
    if (!purchase || !now) return false;
    if (now.state !== change.from) return now.grant_id === (change.values.grant_id ?? now.grant_id);
    await setGrant(transaction, grant, change.values);
    const atMs = nowMs();
    const takenBack = change.values.taken_back_minor;
    await addAudit(transaction, {
      subjectId: grant.owner_id,
      atMs,
      actor: change.actor,
      kind: change.kind,
      reason: takenBack === undefined ? `${grant.amount_minor} ${grant.currency}` : `${takenBack} unused`,
      providerIds: { grant: change.values.grant_id ?? grant.grant_id },
    });
    const grants = (await readPurchase(transaction, grant.owner_id))?.grants ?? [];
    const credited_minor = creditedMinor(grants.filter(({ state }) => state !== 'planned').map(toPlanned));
    const row = await changeTopUp(
      transaction,
      purchase.row,
      { credited_minor },
      { actor: change.actor, atMs },
    );
    if (reading.version === purchase.row.version) reading.version = row.version;
    return true;
  });
}

async function noteStuck(
  { db, nowMs, jobs }: SettleParts,
  grant: GrantRow,
  stuck: StuckReason | null,
  actor: Actor,
): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const purchase = await lockPurchase(transaction, grant.owner_id);
    if (!purchase) return;
    const atMs = nowMs();
    const row = await changeTopUp(transaction, purchase.row, { stuck }, { actor, atMs });
    const afterMs = Math.max(1_000, (row.look_at_ms ?? atMs) - atMs);
    const topUpId = grant.owner_id;
    await jobs.send('settle_top_up', { topUpId }, { afterMs, key: topUpId, within: transaction });
  });
}

/** What of the credit pays for usage that is already there. Only words depend on it: without an answer they are left out. */
async function noteCovers(parts: SettleParts, grant: GrantRow): Promise<void> {
  try {
    const notCoveredMinor = await parts.readNotCovered(grant.customer_id, grant.currency);
    await parts.db
      .updateTable('top_ups')
      .set({ covers_used_minor: Math.min(grant.amount_minor, Math.max(0, notCoveredMinor)) })
      .where('top_up_id', '=', grant.owner_id)
      .execute();
  } catch (error) {
    parts.logger.warn('How much usage a top-up covers is not known.', { cause: describeCause(error) });
  }
}
