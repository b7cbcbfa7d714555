import type { DeclineReason } from '@meterboard/contract';
import { addMonths } from '../domain/period-ends.ts';
import { creditedMinor, lostMinor, paidState, planGrants } from '../domain/plan-grants.ts';
import { dayMs, hourMs, minuteMs } from '../domain/time-units.ts';
import type { RawTopUpPayment } from '../gateway.ts';
import { takenBackOf } from '../grants/take-back-grant.ts';
import type { Queryable } from '../store/store.ts';
import type { StuckReason, TopUpRowState } from '../store/tables.ts';
import { nextLookMs } from './look-again.ts';
import type { PaymentTruth } from './read-payments.ts';
import {
  findPaid,
  isKept,
  knownOf,
  paymentOf,
  type Reading,
  type SettleParts,
  toPlanned,
} from './reading.ts';
import {
  type Actor,
  addAudit,
  changeTopUp,
  type GrantRow,
  lockPurchase,
  type Purchase,
  setGrant,
  type TopUpRow,
} from './rows.ts';

/** What has to be done at the provider. */
export type Action =
  | { kind: 'make' | 'take_back'; grant: GrantRow }
  | { kind: 'close'; payment: RawTopUpPayment }
  | { kind: 'end_extra'; grantId: string };

/**
 * Writes the next step of a purchase under its lock, from what the provider said. `changed`: somebody else was faster and the
 * provider has to be asked again. `null`: nothing is left to do for now.
 */
export async function decide(
  parts: SettleParts,
  topUpId: string,
  reading: Reading,
  actor: Actor,
): Promise<'changed' | { version: number; action: Action | null }> {
  return parts.db.transaction().execute(async (transaction) => {
    const purchase = await lockPurchase(transaction, topUpId);
    if (!purchase || purchase.row.version !== reading.version) return 'changed';
    await notePayments(transaction, reading.truths);
    const step: Step = { ...parts, transaction, purchase, reading, actor, atMs: parts.nowMs() };
    const paid = findPaid(reading.truths);
    if (paid) await noteTakenBack(step);
    return paid ? decidePaid(step, paid) : decideUnpaid(step);
  });
}

/** What came back of grants that are over, as the ledger has it now. The audit has the difference: its rows add up to the credits. */
async function noteTakenBack({ transaction, purchase, reading, actor, atMs }: Step): Promise<void> {
  const { ledger } = reading;
  if (ledger === null) return;
  for (const grant of purchase.grants.filter(({ state }) => state === 'ended')) {
    const takenBackMinor = takenBackOf(ledger, grant);
    if (takenBackMinor === grant.taken_back_minor) continue;
    await addAudit(transaction, {
      subjectId: grant.owner_id,
      atMs,
      actor,
      kind: 'grant_ended',
      reason: `${takenBackMinor - grant.taken_back_minor} unused`,
      providerIds: { grant: grant.grant_id },
    });
    grant.taken_back_minor = takenBackMinor;
    await setGrant(transaction, grant, { taken_back_minor: takenBackMinor });
  }
}

interface Step extends SettleParts {
  transaction: Queryable;
  purchase: Purchase;
  reading: Reading;
  actor: Actor;
  atMs: number;
}

/** Ids that were looked up, and payments that have come to an end. */
async function notePayments(transaction: Queryable, truths: readonly PaymentTruth[]): Promise<void> {
  for (const truth of truths) {
    if (truth.kind !== 'known') continue;
    const { paymentId, intentId, isFinal } = truth.payment;
    await transaction
      .updateTable('top_up_payments')
      .set({ payment_id: paymentId, intent_id: intentId, is_closed: isFinal })
      .where('top_up_id', '=', truth.row.top_up_id)
      .where('n', '=', truth.row.n)
      .execute();
  }
}

async function decideUnpaid(step: Step) {
  const { purchase, transaction, atMs, actor } = step;
  const { row } = purchase;
  if (row.paid_at_ms !== null) return { version: row.version, action: null };
  const state = unpaidState(step);
  const declined = state === 'open' ? declineOf(step) : row.declined;
  const isNews = state !== row.state || declined !== row.declined;
  // A customer who waits asks often: only the kit's own looks make the next one rarer.
  if (!isNews && isCustomer(actor)) return { version: row.version, action: null };
  const looks = state === row.state ? row.looks + (isCustomer(actor) ? 0 : 1) : 0;
  const values = { state, looks, look_at_ms: nextLookMs(state, looks, atMs), declined, stuck: null };
  const providerIds = idsOf(paymentOf(step.reading));
  const changed = await changeTopUp(transaction, row, values, { actor, atMs, providerIds });
  return { version: changed.version, action: null };
}

/** Whether the purchase's own customer asks. */
export function isCustomer(actor: Actor): boolean {
  return actor.startsWith('customer');
}

/** The newest payment speaks for the purchase: the ones before it are closed. */
function unpaidState({ purchase, reading, atMs }: Step): TopUpRowState {
  const { row, payments } = purchase;
  const newest = payments.at(-1);
  const truth = newest && reading.truths.find(({ row: { n } }) => n === newest.n);
  // Closed before this reading: what it ended as is already in the row.
  if (newest && !truth) return row.state === 'expired' || row.state === 'canceled' ? row.state : 'canceled';
  if (truth?.row.kind === 'charge' && truth.kind === 'unknown') return 'processing';
  // The call came to nothing: the same click may be made again.
  if (truth?.row.kind === 'charge' && truth.kind === 'none' && atMs - row.created_at_ms <= dayMs)
    return 'open';
  if (truth?.kind !== 'known') return atMs - row.created_at_ms > dayMs ? 'expired' : 'created';
  const { state } = truth.payment;
  if (state === 'paid') return 'paid';
  if (state === 'declined') return 'open';
  if (state === 'open' && row.declined === 'authentication_required') return 'requires_action';
  return state;
}

/** A declined charge, until another way to pay takes its place. */
function declineOf({ purchase, reading }: Step): DeclineReason | null {
  const n = purchase.payments.at(-1)?.n;
  const newest = reading.truths.find(({ row }) => row.n === n);
  if (!newest) return purchase.row.declined;
  if (newest.row.kind === 'checkout') return null;
  if (newest.kind === 'known') return newest.payment.declined;
  return newest.kind === 'none' ? 'try_again' : null;
}

async function decidePaid(step: Step, paid: RawTopUpPayment) {
  const { purchase, transaction, reading, actor, atMs, logger } = step;
  const { row } = purchase;
  const charge = paid.charge;
  if (!charge) throw new Error(`payment ${paid.paymentId} is paid and has no charge`);
  const change = { actor, atMs, providerIds: idsOf(paid) };
  const facts = {
    paid_at_ms: row.paid_at_ms ?? atMs,
    charged_minor: charge.chargedMinor,
    lost_minor: lostMinor(charge),
    livemode: paid.livemode,
    declined: null,
  };
  // Once credits are given, what people do to our notes changes nothing any more.
  if (!purchase.grants.some(isGiven) && !isAsAgreed(row, paid)) {
    if (row.stuck !== 'not_as_agreed')
      logger.error('A top-up was paid at other terms than agreed, and is not credited.', {
        topUpId: row.top_up_id,
      });
    const values = { ...facts, state: 'paid', stuck: 'not_as_agreed', look_at_ms: null } as const;
    const { version } = await changeTopUp(transaction, row, values, change);
    return { version, action: null };
  }
  const others = knownOf(reading.truths).filter((other) => other !== paid);
  const isTwice = others.some((other) => other.state === 'processing' || isKept(other));
  const left = others.find(
    ({ state }) => state === 'open' || state === 'declined' || state === 'requires_action',
  );
  const planned = planGrants({
    creditMinor: row.credit_minor,
    charge,
    grants: purchase.grants.map(toPlanned),
    hasWaitingDraft: reading.hasWaitingDraft,
    hasExpired: purchase.grants.some((grant) => isGiven(grant) && (grant.expires_at_ms ?? atMs + 1) <= atMs),
  });
  const changeTo = async (values: Parameters<typeof changeTopUp>[2]) =>
    (await changeTopUp(transaction, row, { ...facts, ...values }, change)).version;
  const kept: StuckReason | null = isTwice ? 'paid_twice' : null;
  switch (planned.kind) {
    case 'make': {
      const grant = await planGrant(step, planned);
      const version = await changeTo(underWay(step, grant.generation, kept ?? row.stuck));
      return { version, action: { kind: 'make' as const, grant } };
    }
    case 'resume': {
      const grant = newestOf(purchase.grants, planned.generation);
      const version = await changeTo(underWay(step, grant.generation, kept ?? row.stuck));
      return { version, action: { kind: 'make' as const, grant } };
    }
    case 'take_back': {
      const grant = newestOf(purchase.grants, planned.generation);
      await setGrant(transaction, grant, { state: 'ending' });
      const version = await changeTo({ ...underWay(step, grant.generation, kept), state: paidState(charge) });
      return { version, action: { kind: 'take_back' as const, grant } };
    }
    case 'wait':
      return {
        version: await changeTo({
          state: paidState(charge),
          stuck: 'draft_waiting',
          look_at_ms: atMs + hourMs,
        }),
        action: null,
      };
    case 'done': {
      const { shortfallMinor } = planned;
      const version = await changeTo({
        state: paidState(charge),
        credited_minor: creditedMinor(purchase.grants.map(toPlanned)),
        shortfall_minor: shortfallMinor,
        stuck: kept ?? (shortfallMinor > 0 ? 'shortfall' : null),
        look_at_ms: left ? atMs + hourMs : hasRecentFailure(step) ? atMs + 10 * minuteMs : null,
      });
      const [extra] = reading.extraGrantIds;
      if (extra !== undefined) return { version, action: { kind: 'end_extra' as const, grantId: extra } };
      return { version, action: left ? { kind: 'close' as const, payment: left } : null };
    }
  }
}

/** A try that was given up may still surface, sent by a caller who was slow: it is looked for once more. */
function hasRecentFailure({ purchase, atMs }: Step): boolean {
  return purchase.grants.some(
    ({ state, sent_at_ms }) => state === 'failed' && sent_at_ms !== null && atMs - sent_at_ms < 10 * minuteMs,
  );
}

/** It exists, or did. */
function isGiven({ state }: GrantRow): boolean {
  return state === 'made' || state === 'ending' || state === 'ended';
}

/** The first grant is under way, or a later one: of a purchase that was granted before, customers see no step back. */
function underWay({ purchase: { row }, atMs }: Step, generation: number, stuck: StuckReason | null) {
  return {
    state: generation === 1 ? ('granting' as const) : row.state,
    stuck,
    looks: row.looks + 1,
    look_at_ms: nextLookMs('granting', row.looks, atMs),
  };
}

/** The purchase as it was agreed: by what was asked for, and by our own notes, which people can edit at the provider. */
function isAsAgreed(row: TopUpRow, { asked, noted, topUpId }: RawTopUpPayment): boolean {
  const isPrice = ({ amountMinor, currency }: { amountMinor: number; currency: string }) =>
    amountMinor === row.price_minor && currency === row.price_currency;
  const isCredit =
    noted?.credit.amountMinor === row.credit_minor && noted.credit.currency === row.credit_currency;
  return topUpId === row.top_up_id && isPrice(asked) && noted !== null && isPrice(noted.price) && isCredit;
}

/** Writes down all that the call will say. The first grant decides the expiry of those that follow it. */
async function planGrant(
  { transaction, purchase, atMs }: Step,
  { generation, amountMinor }: { generation: number; amountMinor: number },
): Promise<GrantRow> {
  const { row, grants } = purchase;
  const tries = grants.filter((grant) => grant.generation === generation).length;
  const first = grants.find((grant) => grant.generation === 1 && isGiven(grant));
  const months = row.expires_after_months;
  const expiresAtMs = months === null ? null : addMonths(Math.floor(atMs / 1000) * 1000, months);
  return transaction
    .insertInto('credit_grants')
    .values({
      owner_id: row.top_up_id,
      generation,
      n: tries + 1,
      customer_id: row.customer_id,
      name: row.label,
      amount_minor: amountMinor,
      currency: row.credit_currency,
      category: row.category,
      priority: row.priority,
      expires_at_ms: first ? first.expires_at_ms : expiresAtMs,
      idempotency_key: `${row.top_up_id}:${generation}:${tries + 1}`,
      state: 'planned',
      grant_id: null,
      sent_at_ms: null,
      created_at_ms: atMs,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

function newestOf(grants: readonly GrantRow[], generation: number): GrantRow {
  const newest = grants.filter((grant) => grant.generation === generation).at(-1);
  if (!newest) throw new Error(`there is no grant of generation ${generation}`);
  return newest;
}

function idsOf(payment: RawTopUpPayment | null): Record<string, string | null> {
  return payment ? { payment: payment.paymentId, intent: payment.intentId } : {};
}
