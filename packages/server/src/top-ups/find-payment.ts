import { BillingError } from '@meterboard/contract';
import { dayMs } from '../domain/time-units.ts';
import type { BillingGateway, RawTopUpPayment, RawTopUpReference, TopUpGateway } from '../gateway.ts';

/** Purchases that began longer ago are not looked at any more. */
export const lookBackDays = 60;

/** Whose purchases to look at, and as of when. */
export interface PaymentLookUp {
  gateway: BillingGateway;
  customerId: string;
  nowMs: number;
}

/** Rejects with `BillingError('top_up_disabled')` where the provider sells nothing. */
export function needTopUps({ topUps }: BillingGateway): TopUpGateway {
  if (!topUps) throw new BillingError('top_up_disabled');
  return topUps;
}

/** The customer's recent purchases, newest first. */
export async function listPayments({
  gateway,
  customerId,
  nowMs,
}: PaymentLookUp): Promise<RawTopUpReference[]> {
  return needTopUps(gateway).listPayments({ customerId, sinceMs: nowMs - lookBackDays * dayMs });
}

/** The customer's recent purchase of this id, or `null`. */
export async function findPayment(lookUp: PaymentLookUp, topUpId: string): Promise<RawTopUpPayment | null> {
  const found = (await listPayments(lookUp)).find((payment) => payment.topUpId === topUpId);
  if (!found) return null;
  const { customerId, gateway } = lookUp;
  return needTopUps(gateway).getPayment({ customerId, paymentId: found.paymentId });
}
