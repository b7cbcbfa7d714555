import {
  BillingError,
  type SavedCard,
  type SavedCardAnswer,
  type TopUpHistory,
  type TopUpPackages,
  type TopUpReceipt,
  type TopUpStatus,
} from '@meterboard/contract';
import {
  savedCardAnswer,
  topUpHistory,
  topUpHistoryInput,
  topUpPackages,
  topUpReceipt,
  topUpStart,
  topUpStartInput,
  topUpStatus,
  topUpStatusInput,
} from '@meterboard/contract/schemas';
import { z } from 'zod';
import { isUsableCard } from '../domain/usable-card.ts';
import { isAllowed } from '../identity.ts';
import { describeNextStep, describeTopUp } from '../top-ups/describe-top-up.ts';
import { listHistory, requireOwn } from '../top-ups/history.ts';
import { describeOffer } from '../top-ups/offer.ts';
import { needTopUps } from '../top-ups/parts.ts';
import { settleTopUp } from '../top-ups/settle-top-up.ts';
import { startTopUp } from '../top-ups/start-top-up.ts';
import type { ResolvedTopUps } from '../top-ups/top-up-options.ts';
import { type CustomerContext, customerProcedure, measure, router } from './init.ts';

/** What the customer can buy, or why nothing. */
export async function readPackages(ctx: CustomerContext): Promise<TopUpPackages> {
  const options = ctx.gateway.topUps ? ctx.configuration.topUps : null;
  const [subscriptions, drafts] = await Promise.all([
    ctx.gateway.listSubscriptions(ctx.customerId),
    options ? ctx.gateway.listDrafts(ctx.customerId) : [],
  ]);
  const mayBuy = isAllowed(ctx.identity, 'top_up');
  return { ...measure(ctx, 'stripe'), ...describeOffer({ options, mayBuy, subscriptions, drafts }) };
}

/** Rejects with `top_up_disabled` where the host or the provider sells nothing. */
function needOptions(ctx: CustomerContext): ResolvedTopUps {
  const { topUps } = ctx.configuration;
  if (!topUps || !ctx.gateway.topUps) throw new BillingError('top_up_disabled');
  return topUps;
}

async function readStatus(ctx: CustomerContext, topUpId: string): Promise<TopUpStatus> {
  needOptions(ctx);
  const parts = await ctx.openTopUps();
  await requireOwn(parts.db, ctx.customerId, topUpId);
  const settled = await settleTopUp(parts, topUpId, actorOf(ctx));
  if (!settled) throw new BillingError('not_found', { field: 'topUpId' });
  const { row } = settled.purchase;
  const covers = row.covers_used_minor;
  return {
    ...measure(ctx, 'stripe'),
    ...describeTopUp(row),
    ...describeNextStep(settled),
    coversUsed: covers === null ? null : { amountMinor: covers, currency: row.credit_currency },
  };
}

async function readSavedCard(ctx: CustomerContext): Promise<SavedCardAnswer> {
  const isOffered = needOptions(ctx).payWith.includes('saved_card');
  const known = isOffered ? await needTopUps(ctx.gateway).getSavedCard(ctx.customerId) : null;
  let card: SavedCard | null = null;
  if (known && isUsableCard(known, ctx.nowMs())) {
    const { brand, last4, expiryMonth, expiryYear } = known;
    card = { brand, last4, expiryMonth, expiryYear };
  }
  return { ...measure(ctx, 'stripe'), card };
}

async function readHistory(
  ctx: CustomerContext,
  { limit = 10, cursor = null }: { limit?: number; cursor?: string | null },
): Promise<TopUpHistory> {
  needOptions(ctx);
  const { db } = await ctx.openTopUps();
  return {
    ...measure(ctx, 'local'),
    ...(await listHistory(db, { customerId: ctx.customerId, limit, cursor })),
  };
}

/** Of the payment that was paid; the address is read anew each time, since such addresses expire. */
async function readReceipt(ctx: CustomerContext, topUpId: string): Promise<TopUpReceipt> {
  needOptions(ctx);
  const { db, gateway } = await ctx.openTopUps();
  await requireOwn(db, ctx.customerId, topUpId);
  const payments = await db
    .selectFrom('top_up_payments')
    .select(['kind', 'payment_id'])
    .where('top_up_id', '=', topUpId)
    .where('is_closed', '=', false)
    .orderBy('n')
    .execute();
  let url: string | null = null;
  for (const { kind, payment_id: paymentId } of payments) {
    if (paymentId === null || url !== null) continue;
    url = await needTopUps(gateway).getReceiptUrl({ customerId: ctx.customerId, kind, paymentId });
  }
  return { ...measure(ctx, 'stripe'), url };
}

function actorOf({ identity }: CustomerContext): string {
  return identity.actor === undefined ? 'customer' : `customer:${identity.actor}`;
}

/** A batch is no way to open many payments at once. */
function assertOneAttempt({ topUpAttempts }: CustomerContext, attemptId: string): void {
  topUpAttempts.add(attemptId);
  if (topUpAttempts.size === 1) return;
  throw new BillingError('invalid_input', {
    field: 'attemptId',
    message: 'One request can begin one top-up.',
    limit: 'at most one top-up per request',
  });
}

export const topUpsRouter = router({
  packages: customerProcedure('view')
    .input(z.undefined())
    .output(topUpPackages)
    .query(({ ctx }) => readPackages(ctx)),

  /** The payment page for an attempt, or the charge of a saved card: the same attempt never pays twice. */
  start: customerProcedure('top_up')
    .input(topUpStartInput)
    .output(topUpStart)
    .mutation(async ({ ctx, input }) => {
      assertOneAttempt(ctx, input.attemptId);
      const options = needOptions(ctx);
      const parts = await ctx.openTopUps();
      const step = await startTopUp(parts, {
        options,
        customerId: ctx.customerId,
        actor: actorOf(ctx),
        actorName: ctx.identity.actor ?? null,
        input,
        ownOrigins: ctx.request?.ownOrigins ?? [],
        // Never from memory: a purchase is decided on it.
        listSubscriptions: () => parts.gateway.listSubscriptions(ctx.customerId),
      });
      return { sessionKey: ctx.sessionKey, ...step };
    }),

  /** Where a purchase stands. Credits it when it is paid and not credited yet. */
  status: customerProcedure('top_up')
    .input(topUpStatusInput)
    .output(topUpStatus)
    .query(({ ctx, input }) => readStatus(ctx, input.topUpId)),

  /** The card that one click would charge. Never its number. */
  savedCard: customerProcedure('top_up')
    .input(z.undefined())
    .output(savedCardAnswer)
    .query(({ ctx }) => readSavedCard(ctx)),

  /** What was bought, from the store: no call to the provider. */
  history: customerProcedure('view_money')
    .input(topUpHistoryInput)
    .output(topUpHistory)
    .query(({ ctx, input }) => readHistory(ctx, input)),

  receipt: customerProcedure('view_money')
    .input(topUpStatusInput)
    .output(topUpReceipt)
    .query(({ ctx, input }) => readReceipt(ctx, input.topUpId)),
});
