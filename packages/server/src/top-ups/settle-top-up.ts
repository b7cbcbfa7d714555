import { BillingError, type TopUpState } from '@meterboard/contract';
import { addMonths } from '../domain/period-ends.ts';
import { dayMs, floorTo } from '../domain/time-units.ts';
import type { BillingGateway, NewTopUpGrant, RawTopUpPayment } from '../gateway.ts';
import { describeCause, type Logger } from '../logger.ts';
import { findPayment, needTopUps } from './find-payment.ts';

/** What settling needs. */
export interface SettleTopUp {
  gateway: BillingGateway;
  /** Looks for grants that other requests made meanwhile. */
  freshGateway: BillingGateway;
  customerId: string;
  topUpId: string;
  nowMs: number;
  logger: Logger;
}

/** A purchase and where it stands. */
export interface SettledTopUp {
  payment: RawTopUpPayment;
  state: TopUpState;
}

/**
 * Asks the provider whether the purchase is paid and, if so, sees to it that it is credited: exactly one grant per
 * purchase, however often and concurrently this runs. A paid purchase whose grant fails for now stays `paid`.
 * Rejects with `not_found` for an id that is unknown, older than `lookBackDays`, or another customer's.
 */
export async function settleTopUp(settle: SettleTopUp): Promise<SettledTopUp> {
  const { gateway, freshGateway, customerId, topUpId, logger } = settle;
  const topUps = needTopUps(gateway);
  const payment = await findPayment(settle, topUpId);
  if (!payment) throw new BillingError('not_found', { field: 'topUpId' });
  if (payment.state !== 'paid') return { payment, state: payment.state };
  if (!isAsAgreed(payment)) {
    logger.error('A top-up was paid at another price than agreed and is not credited.', { topUpId });
    return { payment, state: 'paid' };
  }
  const grants = await freshGateway.listCreditGrants(customerId);
  if (grants.some((grant) => grant.topUpId === topUpId)) return { payment, state: 'granted' };
  try {
    await topUps.createGrant({
      customerId,
      topUpId,
      name: payment.label,
      amount: payment.credit,
      ...expiryOf(payment, settle.nowMs),
    });
    return { payment, state: 'granted' };
  } catch (error) {
    if (!(error instanceof BillingError)) throw error;
    logger.error('A top-up is paid and not credited yet; the next status call tries again.', {
      topUpId,
      code: error.code,
      cause: describeCause(error.cause ?? error),
    });
    return { payment, state: 'paid' };
  }
}

function isAsAgreed({ asked, price }: RawTopUpPayment): boolean {
  return asked.amountMinor === price.amountMinor && asked.currency === price.currency;
}

/**
 * Counted from the payment's creation, so that repeated calls carry equal parameters under one key. A payment that
 * is settled only after that has its months from today, under a key of its own.
 */
function expiryOf(
  { topUpId, createdAtMs, expiresAfterMonths }: RawTopUpPayment,
  nowMs: number,
): Pick<NewTopUpGrant, 'expiresAtMs' | 'idempotencyKey'> {
  const idempotencyKey = `meterboard:grant:${topUpId}`;
  if (expiresAfterMonths === null) return { expiresAtMs: null, idempotencyKey };
  const expiresAtMs = addMonths(createdAtMs, expiresAfterMonths);
  if (expiresAtMs > nowMs) return { expiresAtMs, idempotencyKey };
  return {
    expiresAtMs: addMonths(floorTo(dayMs, nowMs), expiresAfterMonths),
    idempotencyKey: `${idempotencyKey}:late`,
  };
}
