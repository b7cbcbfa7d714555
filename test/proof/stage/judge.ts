import type Stripe from 'stripe';
import type { Queryable } from '../../../packages/server/src/store/store.ts';
import type { TopUpRow } from '../../../packages/server/src/top-ups/rows.ts';
import { keptMinor, liveMinor, readTruth, sumAudit, type TopUpTruth } from './truth.ts';

/** What the store says, as plain data: it may live in another process. */
export interface StoreBooks {
  rows: TopUpRow[];
  /** By purchase: what the audit's rows add up to. */
  audited: Record<string, number>;
  /** By purchase: when its credits end by themselves, Unix ms; those that do not are left out. */
  expiries: Record<string, number>;
}

/** What Stripe, the store and the audit say after all is done. */
export interface Books {
  begun: number;
  paid: number;
  /** What the purchases are worth in credits by what was paid and kept, and what their customers have of them, used or not. */
  worthMinor: number;
  keptMinor: number;
  /** Grants of which something was not taken back. */
  grants: number;
  /** Exactly 1 where each payment was credited once and nothing was used beyond its worth. */
  ratio: number;
  /** Everything that does not fit, in words; empty where all is well. */
  faults: string[];
}

export async function readBooks(db: Queryable): Promise<StoreBooks> {
  const rows = await db.selectFrom('top_ups').selectAll().execute();
  const grants = await db
    .selectFrom('credit_grants')
    .select(['owner_id', 'expires_at_ms'])
    .where('expires_at_ms', 'is not', null)
    .execute();
  return {
    rows,
    audited: Object.fromEntries(await sumAudit(db)),
    expiries: Object.fromEntries(grants.map(({ owner_id, expires_at_ms }) => [owner_id, expires_at_ms ?? 0])),
  };
}

/** Compares, for each customer and purchase, what Stripe took and granted with what the store says and the audit adds up to. */
export async function judgeBooks(
  stripe: Stripe,
  customerIds: readonly string[],
  { rows, audited, expiries }: StoreBooks,
  nowMs: number,
): Promise<Books> {
  const books: Omit<Books, 'ratio'> = {
    begun: rows.length,
    paid: 0,
    grants: 0,
    worthMinor: 0,
    keptMinor: 0,
    faults: [],
  };
  for (const customerId of customerIds) {
    const truths = await readTruth(stripe, customerId);
    for (const row of rows.filter(({ customer_id }) => customer_id === customerId)) {
      const { top_up_id: topUpId } = row;
      const truth = truths.get(topUpId) ?? { topUpId, payments: [], grants: [] };
      truths.delete(topUpId);
      if (findPaid(truth)) books.paid += 1;
      books.grants += truth.grants.filter(({ grantedMinor, goneMinor }) => grantedMinor > goneMinor).length;
      books.worthMinor += worthOf(row, truth);
      books.keptMinor += keptMinor(truth);
      books.faults.push(
        ...judgeTopUp(row, truth, {
          auditMinor: audited[topUpId] ?? 0,
          hasExpired: (expiries[topUpId] ?? Number.POSITIVE_INFINITY) <= nowMs,
        }).map((fault) => `${topUpId}: ${fault}`),
      );
    }
    for (const topUpId of truths.keys()) books.faults.push(`${topUpId}: Stripe knows it, the store does not`);
  }
  return { ...books, ratio: books.worthMinor === 0 ? 1 : books.keptMinor / books.worthMinor };
}

/**
 * What does not fit of one purchase that has come to rest. Of credits that have expired by themselves nothing is left, and neither
 * the store nor the audit counts that as taken back.
 */
export function judgeTopUp(
  row: TopUpRow,
  truth: TopUpTruth,
  { auditMinor, hasExpired }: { auditMinor: number; hasExpired: boolean },
): string[] {
  const paid = truth.payments.filter(({ status }) => status === 'succeeded');
  const keeps = keptMinor(truth);
  const used = truth.grants.reduce((sum, { usedMinor }) => sum + usedMinor, 0);
  const worth = worthOf(row, truth);
  const should = Math.max(worth, used);
  const says = row.credited_minor;
  const checks: [boolean, string][] = [
    [paid.length <= 1, `it was paid ${paid.length} times`],
    [
      hasExpired ? keeps === used : keeps === should,
      `its customer has ${keeps} of ${worth} that it is worth (used ${used}${hasExpired ? ', expired' : ''})`,
    ],
    [liveMinor(truth) >= 0, 'more is used than was given'],
    [statesOf(truth).includes(row.state), `it is ${row.state}, not ${statesOf(truth).join(' or ')}`],
    [hasExpired ? says >= keeps : says === keeps, `the store says ${says}, Stripe ${keeps}`],
    [auditMinor === says, `the audit adds up to ${auditMinor}, the store says ${says}`],
  ];
  return checks.filter(([fits]) => !fits).map(([, fault]) => fault);
}

function findPaid({ payments }: TopUpTruth) {
  return payments.find(({ status }) => status === 'succeeded');
}

/** What a purchase is worth by the rule of `domain.md`: its credit less the share that was refunded or is lost to disputes. */
export function worthOf({ credit_minor: creditMinor }: TopUpRow, truth: TopUpTruth): number {
  const paid = findPaid(truth);
  if (!paid) return 0;
  return Math.ceil((creditMinor * (paid.chargedMinor - paid.lostMinor)) / paid.chargedMinor);
}

function statesOf(truth: TopUpTruth): string[] {
  const paid = findPaid(truth);
  if (!paid) return ['created', 'open', 'requires_action', 'processing', 'expired', 'canceled'];
  if (paid.isDisputed) return ['disputed'];
  if (paid.lostMinor === 0) return ['granted'];
  return [paid.lostMinor >= paid.chargedMinor ? 'refunded' : 'partially_refunded'];
}
