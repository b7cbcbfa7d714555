import { BillingError } from '@meterboard/contract';
import type { RawTopUpPayment } from '../gateway.ts';
import { keyLifeMs, needTopUps, type TopUpParts } from './parts.ts';
import type { PaymentRow, Purchase } from './rows.ts';

/**
 * A payment of ours as the provider has it. `unsent`: never asked for. `unknown`: asked for, and not found: it may still come.
 * `none`: asked for, and surely not made.
 */
export type PaymentTruth =
  | { row: PaymentRow; kind: 'known'; payment: RawTopUpPayment }
  | { row: PaymentRow; kind: 'unsent' | 'unknown' | 'none' };

/** What the provider says now about each payment of a purchase that is not closed; closed ones are left out. */
export async function readPaymentTruths(
  parts: TopUpParts,
  { row, payments }: Purchase,
): Promise<PaymentTruth[]> {
  const open = payments.filter(({ is_closed }) => !is_closed);
  return Promise.all(open.map((payment) => readPaymentTruth(parts, row.customer_id, payment)));
}

/** The same for one. A payment whose id was lost is looked up by our notes on it. */
export async function readPaymentTruth(
  parts: TopUpParts,
  customerId: string,
  row: PaymentRow,
): Promise<PaymentTruth> {
  const { getPayment } = needTopUps(parts.gateway);
  const paymentId = row.payment_id ?? (await findPaymentId(parts, customerId, row));
  if (paymentId !== null) {
    return { row, kind: 'known', payment: await getPayment({ customerId, kind: row.kind, paymentId }) };
  }
  if (row.sent_at_ms === null) return { row, kind: 'unsent' };
  const isForgotten = parts.nowMs() - row.sent_at_ms > keyLifeMs;
  return { row, kind: row.has_failed || (isForgotten && row.kind === 'checkout') ? 'none' : 'unknown' };
}

async function findPaymentId(
  { gateway }: TopUpParts,
  customerId: string,
  row: PaymentRow,
): Promise<string | null> {
  if (row.sent_at_ms === null) return null;
  const found = await needTopUps(gateway).findPayments({
    customerId,
    topUpId: row.top_up_id,
    kind: row.kind,
    // The provider's clock may be behind ours.
    sinceMs: row.created_at_ms - 3_600_000,
  });
  return found.find(({ n }) => n === row.n)?.paymentId ?? null;
}

/** Whether the payment can still be paid, or is being paid. */
export function isAlive({ state }: RawTopUpPayment): boolean {
  return state !== 'expired' && state !== 'canceled';
}

/** A customer who is gone owns nothing any more: no payment of theirs can be looked at. */
export function isGone(error: unknown): boolean {
  return error instanceof BillingError && error.code === 'customer_not_found';
}
