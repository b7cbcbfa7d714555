import { z } from 'zod';
import type { CreditBalances } from '../credits.ts';
import { instantMs, measured, money } from './measured.ts';

const creditGrant = z.object({
  grantId: z.string(),
  name: z.string().nullable(),
  category: z.enum(['paid', 'promotional']),
  state: z.enum(['upcoming', 'active', 'depleted', 'expired', 'voided']),
  granted: money,
  ledgerRemaining: money,
  spokenFor: money,
  effectiveAtMs: instantMs,
  expiresAtMs: instantMs.nullable(),
  coversUsageUntilMs: instantMs.nullable(),
  cannotPayCurrentPeriod: z.boolean(),
});

const creditBalance = z.object({
  currency: z.string(),
  scope: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('all_usage') }),
    z.object({ kind: z.literal('prices'), priceIds: z.array(z.string()) }),
  ]),
  balance: money,
  onDrafts: money,
  unbilled: money,
  remaining: money,
  remainingRatio: z.number().min(0).max(1).nullable(),
  terms: z.array(
    z.object({
      kind: z.enum([
        'balance',
        'on_drafts',
        'unbilled',
        'remaining',
        'arriving',
        'arriving_covers_used',
        'after_arrival',
      ]),
      amount: money,
    }),
  ),
  upcoming: money,
  takenFromUpcoming: money,
  arriving: money,
  arrivingCoversUsed: money,
  expiring: money,
  notCovered: money.nullable(),
  nextInvoice: z
    .object({
      amount: money,
      atMs: instantMs,
      terms: z.array(
        z.object({
          kind: z.enum(['usage', 'other', 'credits', 'account_balance', 'carried_over']),
          amount: money,
        }),
      ),
    })
    .nullable(),
  sharedBySubscriptions: z.boolean(),
  status: z.enum(['ok', 'low', 'empty', 'unusable', 'none']),
  lowBelow: money.nullable(),
  grants: z.array(creditGrant),
});

export const creditBalances = measured.extend({
  balances: z.array(creditBalance),
}) satisfies z.ZodType<CreditBalances>;
