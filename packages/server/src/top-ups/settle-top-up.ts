import { BillingError, type TopUpState } from '@meterboard/contract';
import { addMonths } from '../domain/period-ends.ts';
import type { BillingGateway, RawTopUpPayment } from '../gateway.ts';
import { describeCause, type Logger } from '../logger.ts';

/** What settling needs. */
export interface SettleTopUp {
  gateway: BillingGateway;
  customerId: string;
  topUpId: string;
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
 * Rejects with `not_found` for an id that is unknown or another customer's.
 */
export async function settleTopUp({
  gateway,
  customerId,
  topUpId,
  logger,
}: SettleTopUp): Promise<SettledTopUp> {
  const { topUps } = gateway;
  if (!topUps) throw new BillingError('top_up_disabled');
  const payment = await topUps.findPayment(customerId, topUpId);
  if (!payment) throw new BillingError('not_found', { field: 'topUpId' });
  if (payment.state !== 'paid') return { payment, state: payment.state };
  if (!isAsAgreed(payment)) {
    logger.error('A top-up was paid at another price than agreed and is not credited.', { topUpId });
    return { payment, state: 'paid' };
  }
  const grants = await gateway.listCreditGrants(customerId);
  if (grants.some((grant) => grant.topUpId === topUpId)) return { payment, state: 'granted' };
  try {
    await topUps.createGrant({
      customerId,
      topUpId,
      name: payment.label,
      amount: payment.credit,
      expiresAtMs: expiryOf(payment),
      idempotencyKey: `meterboard:grant:${topUpId}`,
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

/** Counted from the payment's creation, so that repeated calls carry equal parameters. */
function expiryOf({ createdAtMs, expiresAfterMonths }: RawTopUpPayment): number | null {
  return expiresAfterMonths === null ? null : addMonths(createdAtMs, expiresAfterMonths);
}
