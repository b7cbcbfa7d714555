import { creditTargetMinor, lostMinor } from '../domain/plan-grants.ts';
import type { RawTopUpPayment } from '../gateway.ts';
import { carryOut } from './carry-out.ts';
import { decide } from './decide-settlement.ts';
import { readPaymentTruths } from './read-payments.ts';
import { findPaid, paymentOf, type Reading, type SettleParts } from './reading.ts';
import { type Actor, type Purchase, readPurchase } from './rows.ts';

/** A purchase after settling, and its latest payment where the provider was asked about it. */
export interface Settled {
  purchase: Purchase;
  payment: RawTopUpPayment | null;
}

/** More than any history needs; a purchase that is not done by then is looked at again later. */
const maxSteps = 24;

/**
 * The only way from paid to granted: asks the provider what is true of the purchase and drives its credits to what that is worth.
 * May run any number of times, at once, in any process: each decision is written under the row's lock before it is carried out,
 * counts only if nothing changed since the provider was asked, and is carried out under a key that is written with it.
 * Resolves to `null` for an unknown id. Rejects with the provider's `BillingError` when it cannot be asked; a grant that fails for
 * now is no rejection: the row says when it is looked at again.
 */
export async function settleTopUp(
  parts: SettleParts,
  topUpId: string,
  actor: Actor,
): Promise<Settled | null> {
  let reading: Reading | null = null;
  for (let step = 0; ; step += 1) {
    const purchase = await readPurchase(parts.db, topUpId);
    if (!purchase) return null;
    if (purchase.row.customer_id === '') return { purchase, payment: null };
    if (reading?.version !== purchase.row.version) reading = await readTruth(parts, purchase);
    const decision = await decide(parts, topUpId, reading, actor);
    if (decision === 'changed') continue;
    reading.version = decision.version;
    const isOver = decision.action === null || step >= maxSteps;
    if (!isOver && (await carryOut(parts, decision.action, reading, actor)) === 'go_on') continue;
    const settled = await readPurchase(parts.db, topUpId);
    parts.onSettled?.(purchase.row.customer_id);
    return settled && { purchase: settled, payment: paymentOf(reading) };
  }
}

async function readTruth(parts: SettleParts, purchase: Purchase): Promise<Reading> {
  const truths = await readPaymentTruths(parts, purchase);
  const paid = findPaid(truths);
  const { customer_id, credit_minor, credit_currency } = purchase.row;
  const isPartial =
    paid?.charge &&
    lostMinor(paid.charge) > 0 &&
    creditTargetMinor(credit_minor, paid.charge) > 0 &&
    purchase.grants.some(({ state }) => state === 'made');
  const drafts = isPartial ? await parts.gateway.listDrafts(customer_id) : [];
  const hasWaitingDraft = drafts.some(
    ({ currency, providerCreditMinor }) => currency === credit_currency && providerCreditMinor > 0,
  );
  return { version: purchase.row.version, truths, hasWaitingDraft };
}
