import type { PayWith, TopUpNextStep } from '@meterboard/contract';
import { type BeginTopUp, beginTopUp } from './begin-top-up.ts';
import { describeNextStep } from './describe-top-up.ts';
import { payTopUp } from './pay.ts';
import type { SettleParts } from './reading.ts';
import { resolveReturnUrls } from './return-url.ts';
import { changeTopUp, lockPurchase, type Purchase } from './rows.ts';
import { type Settled, settleTopUp } from './settle-top-up.ts';
import { topUpIdOf } from './top-up-id.ts';

/** Everything a purchase needs to begin, or to go on. */
export interface StartTopUp extends BeginTopUp {
  /** Origins of the page that asks. */
  ownOrigins: readonly string[];
}

const unpaid = ['created', 'open', 'requires_action', 'processing'];

/**
 * Begins a purchase, or finds and continues the one that this attempt began: with the same attempt there is one payment that can be
 * paid, however often and however concurrently it is called. A saved card is charged at once, and what is paid is credited before
 * this resolves where that is possible. A bank that wants to hear from the card's owner gets the payment page for it. Rejects as
 * `beginTopUp()` and `payTopUp()` do.
 */
export async function startTopUp(
  parts: SettleParts,
  start: StartTopUp,
): Promise<TopUpNextStep & { topUpId: string }> {
  const { customerId, input, options, actor } = start;
  const topUpId = topUpIdOf(customerId, input.attemptId);
  const urls = resolveReturnUrls(topUpId, {
    asked: input.returnUrl,
    configured: options.returnUrl,
    allowedOrigins: [...start.ownOrigins, ...options.allowedReturnOrigins, ...originOf(options.returnUrl)],
  });
  const { row } = await beginTopUp(parts, start);
  if (!unpaid.includes(row.state)) return finish(await settleTopUp(parts, topUpId, actor));

  const way: PayWith = input.payWith ?? options.payWith.find((one) => one !== 'saved_card') ?? 'hosted_page';
  const pay = { options, topUpId, urls, actor };
  const paying = await payTopUp(parts, { ...pay, way });
  const mustConfirm = paying.kind === 'payment' && paying.payment.declined === 'authentication_required';
  if (mustConfirm) {
    await noteDecline(parts, topUpId, actor);
    const page = options.payWith.find((one) => one !== 'saved_card') ?? 'hosted_page';
    await payTopUp(parts, { ...pay, way: page === 'embedded_page' ? 'hosted_page' : page });
  }
  return finish(await settleTopUp(parts, topUpId, actor));
}

function finish(settled: Settled | null): TopUpNextStep & { topUpId: string } {
  if (!settled) throw new Error('a top-up is gone right after it was begun');
  return { topUpId: settled.purchase.row.top_up_id, ...describeNextStep(settled) };
}

/** Remembered, so that the page that follows is known to be the bank's. */
async function noteDecline({ db, nowMs }: SettleParts, topUpId: string, actor: string): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const held: Purchase | null = await lockPurchase(transaction, topUpId);
    if (!held) return;
    await changeTopUp(
      transaction,
      held.row,
      { declined: 'authentication_required' },
      { actor, atMs: nowMs() },
    );
  });
}

function originOf(url: string | undefined): string[] {
  return url === undefined ? [] : [new URL(url).origin];
}
