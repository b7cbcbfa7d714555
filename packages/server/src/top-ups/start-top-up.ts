import { BillingError, type Money, type TopUpStartInput } from '@meterboard/contract';
import type { BillingGateway, NewTopUpPayment, RawTopUpPayment } from '../gateway.ts';
import { findPayment, listPayments, needTopUps } from './find-payment.ts';
import { canUseCredits } from './list-packages.ts';
import { resolveReturnUrls } from './return-url.ts';
import { topUpIdOf } from './top-up-id.ts';
import type { TopUpOptions, TopUpPackageOption } from './top-up-options.ts';

/** The most payment pages that one customer may have open: a brake on card testing. */
export const maxOpenPayments = 10;

/** Everything a purchase needs to begin. */
export interface StartTopUp {
  gateway: BillingGateway;
  /** Looks for what a concurrent call has just begun. */
  freshGateway: BillingGateway;
  nowMs: number;
  options: TopUpOptions | null;
  customerId: string;
  input: TopUpStartInput;
  /** Origins of the page that asks. */
  ownOrigins: readonly string[];
}

/**
 * Begins a purchase, or finds the one that this attempt began: however often and however concurrently it is called
 * with the same attempt, there is one payment. Rejects with `top_up_disabled` (also while too many others are
 * open), `unknown_package`, `invalid_input` (return address), or `conflict` when the attempt already stands for
 * something else.
 */
export async function startTopUp(start: StartTopUp): Promise<RawTopUpPayment> {
  const { gateway, options, customerId, input } = start;
  if (!gateway.topUps || !options) throw new BillingError('top_up_disabled');
  const chosen = options.packages.find(({ id }) => id === input.packageId);
  if (!chosen) throw new BillingError('unknown_package', { field: 'packageId' });
  const topUpId = topUpIdOf(customerId, input.attemptId);
  const urls = resolveReturnUrls(topUpId, {
    asked: input.returnUrl,
    configured: options.returnUrl,
    allowedOrigins: [
      ...start.ownOrigins,
      ...(options.allowedReturnOrigins ?? []),
      ...originOf(options.returnUrl),
    ],
  });

  const [subscriptions, existing, known] = await Promise.all([
    gateway.listSubscriptions(customerId),
    findPayment(start, topUpId),
    listPayments(start),
  ]);
  if (existing) return assertSame(existing, chosen);
  if (!canUseCredits(subscriptions, chosen.credit.currency)) throw unusable(chosen.credit.currency);
  if (known.filter(({ isOpen }) => isOpen).length >= maxOpenPayments) throw tooManyOpen();
  return createOnce(start, {
    customerId,
    topUpId,
    packageId: chosen.id,
    label: chosen.label,
    price: chosen.price,
    credit: chosen.credit,
    expiresAfterMonths: chosen.expiresAfterMonths ?? null,
    ...urls,
    idempotencyKey: `meterboard:payment:${topUpId}`,
  });
}

/** A concurrent call may have won with another return address: then its payment is the one. */
async function createOnce(start: StartTopUp, payment: NewTopUpPayment): Promise<RawTopUpPayment> {
  try {
    return await needTopUps(start.gateway).createPayment(payment);
  } catch (error) {
    if (!(error instanceof BillingError && error.code === 'conflict')) throw error;
    const winner = await findPayment({ ...start, gateway: start.freshGateway }, payment.topUpId);
    if (!winner) throw error;
    return assertSame(winner, { ...payment, id: payment.packageId });
  }
}

type Content = Pick<TopUpPackageOption, 'id' | 'price' | 'credit'>;

function assertSame(payment: RawTopUpPayment, content: Content): RawTopUpPayment {
  const isSame =
    payment.packageId === content.id &&
    isEqual(payment.price, content.price) &&
    isEqual(payment.credit, content.credit);
  if (!isSame) throw new BillingError('conflict', { field: 'attemptId' });
  return payment;
}

function isEqual(a: Money, b: Money): boolean {
  return a.amountMinor === b.amountMinor && a.currency === b.currency;
}

function originOf(url: string | undefined): string[] {
  return url === undefined ? [] : [new URL(url).origin];
}

function unusable(currency: string): BillingError {
  const inCurrency = currency.toUpperCase();
  return new BillingError('top_up_disabled', {
    message: `Top-ups are not available: no active subscription of this account bills usage in ${inCurrency}, so nothing could use the credits.`,
  });
}

function tooManyOpen(): BillingError {
  return new BillingError('top_up_disabled', {
    message: `${maxOpenPayments} payments of this account are still open. Complete one of them, or try again tomorrow when they have expired.`,
    limit: `at most ${maxOpenPayments} open payments`,
  });
}
