import { BillingError, type TopUpPackages, type TopUpStatus } from '@meterboard/contract';
import {
  topUpPackages,
  topUpStart,
  topUpStartInput,
  topUpStatus,
  topUpStatusInput,
} from '@meterboard/contract/schemas';
import { z } from 'zod';
import { isAllowed } from '../identity.ts';
import { offerPackages } from '../top-ups/list-packages.ts';
import { settleTopUp } from '../top-ups/settle-top-up.ts';
import { startTopUp } from '../top-ups/start-top-up.ts';
import { type CustomerContext, customerProcedure, measure, router } from './init.ts';

/** What the customer can buy, or why nothing. */
export async function readPackages(ctx: CustomerContext): Promise<TopUpPackages> {
  const offer = offerPackages({
    options: ctx.gateway.topUps ? ctx.configuration.topUps : null,
    mayBuy: isAllowed(ctx.identity, 'top_up'),
    subscriptions: await ctx.gateway.listSubscriptions(ctx.customerId),
  });
  return { ...measure(ctx, 'stripe'), ...offer };
}

async function settle(ctx: CustomerContext, topUpId: string): Promise<TopUpStatus> {
  const { payment, state } = await settleTopUp({
    ...ctx,
    topUpId,
    nowMs: ctx.startedAtMs,
  });
  const { packageId, price, credit } = payment;
  return { ...measure(ctx, 'stripe'), topUpId, packageId, state, price, credit };
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

  /** The payment page for an attempt: the same attempt always leads to the same payment. */
  start: customerProcedure('top_up')
    .input(topUpStartInput)
    .output(topUpStart)
    .mutation(async ({ ctx, input }) => {
      assertOneAttempt(ctx, input.attemptId);
      const payment = await startTopUp({
        ...ctx,
        nowMs: ctx.startedAtMs,
        options: ctx.configuration.topUps,
        input,
        ownOrigins: ctx.request?.ownOrigins ?? [],
      });
      return { sessionKey: ctx.sessionKey, topUpId: payment.topUpId, url: payment.url };
    }),

  /** Where a purchase stands. Credits it when it is paid and not credited yet. */
  status: customerProcedure('top_up')
    .input(topUpStatusInput)
    .output(topUpStatus)
    .query(({ ctx, input }) => settle(ctx, input.topUpId)),
});
