import { dayMs } from '../domain/time-units.ts';
import type { RawTopUpPayment, TopUpPaymentKind } from '../gateway.ts';
import { needTopUps, type TopUpParts } from './parts.ts';
import type { PaymentRow, Purchase } from './rows.ts';

/**
 * A payment of ours as the provider has it. `unsent`: never asked for. `unknown`: asked for just now, and not found: it may still
 * come. `none`: asked for, and surely not made.
 */
export type PaymentTruth =
  | { row: PaymentRow; kind: 'known'; payment: RawTopUpPayment }
  | { row: PaymentRow; kind: 'unsent' | 'unknown' | 'none' };

/** Longer than any call to a provider lasts, its client's own repetitions included: until then only one caller charges a card. */
export const sendLeaseMs = 180_000;

/**
 * What the provider says now about each payment of a purchase that is not final. One whose id was lost is looked up by our notes on
 * it, for a day also where it was given up: what surfaces late is seen, not believed away.
 */
export async function readPaymentTruths(
  parts: TopUpParts,
  { row, payments }: Pick<Purchase, 'row' | 'payments'>,
): Promise<PaymentTruth[]> {
  const nowMs = parts.nowMs();
  const isLost = ({ payment_id, sent_at_ms }: PaymentRow) =>
    payment_id === null && sent_at_ms !== null && nowMs - sent_at_ms < dayMs;
  const wanted = payments.filter((payment) => !payment.is_closed || isLost(payment));
  const found = await findIds(parts, row.customer_id, wanted.filter(isLost));
  return Promise.all(
    wanted.map(async (payment): Promise<PaymentTruth> => {
      const paymentId = payment.payment_id ?? found.get(payment.n) ?? null;
      if (paymentId === null) return { row: payment, kind: kindOf(payment, nowMs) };
      const query = { customerId: row.customer_id, kind: payment.kind, paymentId };
      return { row: payment, kind: 'known', payment: await needTopUps(parts.gateway).getPayment(query) };
    }),
  );
}

/** A page that failed to be made costs nobody anything; a charge may still be on its way when a second caller hears of a failure. */
function kindOf({ sent_at_ms, has_failed, kind }: PaymentRow, nowMs: number): 'unsent' | 'unknown' | 'none' {
  if (sent_at_ms === null) return 'unsent';
  const isOver = nowMs - sent_at_ms >= sendLeaseMs;
  return isOver || (has_failed && kind === 'checkout') ? 'none' : 'unknown';
}

/** The provider's ids by number, one listing for each kind that is asked for. */
async function findIds(
  { gateway }: TopUpParts,
  customerId: string,
  lost: readonly PaymentRow[],
): Promise<Map<number, string>> {
  const ids = new Map<number, string>();
  const kinds = new Set<TopUpPaymentKind>(lost.map(({ kind }) => kind));
  for (const kind of kinds) {
    const own = lost.filter((row) => row.kind === kind);
    const [first] = own;
    if (!first) continue;
    const found = await needTopUps(gateway).findPayments({
      customerId,
      topUpId: first.top_up_id,
      kind,
      // The provider's clock may be behind ours.
      sinceMs: first.created_at_ms - 3_600_000,
    });
    for (const { n, paymentId } of found) if (own.some((row) => row.n === n)) ids.set(n, paymentId);
  }
  return ids;
}
