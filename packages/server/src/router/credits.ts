import type { CreditBalances } from '@meterboard/contract';
import { creditBalances } from '@meterboard/contract/schemas';
import { z } from 'zod';
import { type ArrivingTopUp, type CreditSources, summarizeCredits } from '../domain/summarize-credits.ts';
import type { BillingGateway, RawSubscription } from '../gateway.ts';
import { readSnapshot } from '../snapshot.ts';
import { listArriving } from '../top-ups/history.ts';
import { type CustomerContext, customerProcedure, measure, router } from './init.ts';

/** Balances from one snapshot: grants, ledger, drafts and one preview per live subscription. */
export async function readCredits(ctx: CustomerContext): Promise<CreditBalances> {
  const { customerId } = ctx;
  // Before the snapshot: what is granted in between is on it, and does not count twice.
  const arriving = await readArriving(ctx);
  const { subscriptions, data } = await readSnapshot(ctx.snapshotGateways, customerId, {
    read: (gateway, current) => readSources(gateway, customerId, current),
    watch: (gateway) => watchLedger(gateway, customerId),
  });
  const balances = summarizeCredits(
    { ...data, subscriptions, arriving },
    ctx.configuration.creditPolicy,
    ctx.startedAtMs,
  );
  return { ...measure(ctx, 'estimate'), balances };
}

async function readArriving(ctx: CustomerContext): Promise<ArrivingTopUp[]> {
  if (!ctx.configuration.topUps || !ctx.gateway.topUps) return [];
  const { db } = await ctx.openTopUps();
  return listArriving(db, ctx.customerId);
}

async function readSources(
  gateway: BillingGateway,
  customerId: string,
  subscriptions: readonly RawSubscription[],
): Promise<Omit<CreditSources, 'subscriptions' | 'arriving'>> {
  const live = subscriptions.filter((subscription) => subscription.live);
  const [grants, transactions, drafts, previews] = await Promise.all([
    gateway.listCreditGrants(customerId),
    gateway.listCreditTransactions(customerId),
    gateway.listDrafts(customerId),
    Promise.all(live.map(({ subscriptionId }) => gateway.previewInvoice({ customerId, subscriptionId }))),
  ]);
  const upcoming = previews.filter((preview) => preview !== null);
  return { grants, transactions, documents: [...drafts, ...upcoming] };
}

/** A draft that is finalised leaves the drafts and enters the ledger; both are read, and neither alone is right. */
async function watchLedger(gateway: BillingGateway, customerId: string): Promise<unknown> {
  const [drafts, transactions] = await Promise.all([
    gateway.listDrafts(customerId),
    gateway.listCreditTransactions(customerId),
  ]);
  return [drafts.map(({ documentId }) => documentId).toSorted(), transactions.length];
}

export const creditsRouter = router({
  /** What is left to spend and why, one entry per currency and scope. */
  balance: customerProcedure('view_money')
    .input(z.undefined())
    .output(creditBalances)
    .query(({ ctx }) => readCredits(ctx)),
});
