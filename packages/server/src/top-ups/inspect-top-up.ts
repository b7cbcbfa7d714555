import type { Selectable } from 'kysely';
import type { Database } from '../store/store.ts';
import type { AuditTable, StuckReason } from '../store/tables.ts';
import { type Purchase, readPurchase } from './rows.ts';

/** A purchase with all that happened to it, oldest first. */
export interface TopUpFile extends Purchase {
  audit: Selectable<AuditTable>[];
  /** What the operator can do; `null`: nothing is wrong. */
  advice: string | null;
}

/** For the operator: every row about a purchase. `null` for an unknown id. */
export async function inspectTopUp(db: Database, topUpId: string): Promise<TopUpFile | null> {
  const purchase = await readPurchase(db, topUpId);
  if (!purchase) return null;
  const audit = await db
    .selectFrom('audit')
    .selectAll()
    .where('subject_id', '=', topUpId)
    .orderBy('seq')
    .execute();
  const { stuck } = purchase.row;
  return { ...purchase, audit, advice: stuck === null ? null : advice[stuck] };
}

/** A purchase, or a bonus of the host, that needs somebody. */
export interface StuckTopUp {
  /** `tu_…`, or `bo_…` of a bonus. */
  topUpId: string;
  customerId: string;
  state: string;
  stuck: StuckReason;
  advice: string;
  sinceMs: number;
  lookAtMs: number | null;
}

/** For the operator: what does not go on by itself, or only later; longest first, at most 500. */
export async function listStuckTopUps(db: Database): Promise<StuckTopUp[]> {
  const rows = await db
    .selectFrom('top_ups')
    .selectAll()
    .where('stuck', 'is not', null)
    .orderBy('updated_at_ms')
    .limit(500)
    .execute();
  const bonuses = await db
    .selectFrom('bonuses')
    .select(['bonus_id as top_up_id', 'customer_id', 'state', 'stuck', 'updated_at_ms', 'look_at_ms'])
    .where('stuck', 'is not', null)
    .orderBy('updated_at_ms')
    .limit(500)
    .execute();
  return [...rows, ...bonuses].flatMap(
    ({ top_up_id, customer_id, state, stuck, updated_at_ms, look_at_ms }) =>
      stuck === null
        ? []
        : [
            {
              topUpId: top_up_id,
              customerId: customer_id,
              state,
              stuck,
              advice: advice[stuck],
              sinceMs: updated_at_ms,
              lookAtMs: look_at_ms,
            },
          ],
  );
}

const advice: Record<StuckReason, string> = {
  not_as_agreed:
    'What was paid, or our notes on it at the provider, differ from what was agreed. Nothing was credited. Refund the payment, or correct the metadata and retry.',
  paid_twice: 'Two payments of one purchase were paid. One was credited; refund the other.',
  customer_deleted: 'The customer does not exist at the provider any more. Refund the payment.',
  grant_cap:
    'The customer has 100 unused credit grants, the most that Stripe allows. It is credited once there is room; voiding old grants makes some.',
  grant_refused: 'The provider refuses the credit; the log has its reason. It is tried again every hour.',
  draft_waiting: 'A draft invoice has these credits on it. They are reduced once it is finalised.',
  take_back_refused:
    'The provider refuses to take back the credits of a refund or dispute; the log has its reason. It is tried again every hour.',
  unreadable:
    'The provider does not know the payment or the customer any more. Is this the store of another account? It is looked at ever more rarely.',
  shortfall: 'The customer used more than the refund left. What is missing was not taken back.',
};
