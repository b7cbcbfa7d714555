import { z } from 'zod';
import type {
  SavedCardAnswer,
  TopUpHistory,
  TopUpHistoryInput,
  TopUpPackages,
  TopUpReceipt,
  TopUpStart,
  TopUpStartInput,
  TopUpStatus,
  TopUpStatusInput,
} from '../top-ups.ts';
import { instantMs, measured, money } from './measured.ts';

const payWith = z.enum(['hosted_page', 'embedded_page', 'saved_card']);

const terms = z.object({
  category: z.enum(['paid', 'promotional']),
  expiresAfterMonths: z.number().int().nullable(),
});

export const topUpPackages = measured.extend({
  packages: z.array(
    terms.extend({ packageId: z.string(), label: z.string(), price: money, credit: money, bonus: money }),
  ),
  custom: terms.extend({ minimum: money, maximum: money, step: money }).nullable(),
  payWith: z.array(payWith),
  conditions: z.object({ text: z.string().nullable(), url: z.string().nullable() }).nullable(),
  tooLateForPeriodEndMs: instantMs.nullable(),
  unavailable: z.enum(['not_allowed', 'no_metered_subscription', 'not_configured']).nullable(),
}) satisfies z.ZodType<TopUpPackages>;

export const savedCardAnswer = measured.extend({
  card: z
    .object({
      brand: z.string(),
      last4: z.string(),
      expiryMonth: z.number().int(),
      expiryYear: z.number().int(),
    })
    .nullable(),
}) satisfies z.ZodType<SavedCardAnswer>;

export const topUpStartInput = z.strictObject({
  packageId: z.string().min(1).max(100).optional(),
  amountMinor: z.number().int().positive().max(99_999_999).optional(),
  attemptId: z.string().regex(/^[A-Za-z0-9_-]{8,100}$/),
  payWith: payWith.optional(),
  returnUrl: z.string().max(2000).optional(),
}) satisfies z.ZodType<TopUpStartInput>;

const nextStep = z.object({
  state: z.enum([
    'open',
    'requires_action',
    'processing',
    'paid',
    'granted',
    'partially_refunded',
    'refunded',
    'disputed',
    'expired',
    'canceled',
  ]),
  url: z.string().nullable(),
  clientSecret: z.string().nullable(),
  declined: z
    .enum([
      'authentication_required',
      'insufficient_funds',
      'expired_card',
      'incorrect_details',
      'limit_exceeded',
      'card_not_supported',
      'try_again',
      'declined',
    ])
    .nullable(),
});

export const topUpStart = nextStep.extend({
  sessionKey: z.string(),
  topUpId: z.string(),
}) satisfies z.ZodType<TopUpStart>;

export const topUpStatusInput = z.strictObject({
  topUpId: z.string().regex(/^tu_[\w-]{43}$/),
}) satisfies z.ZodType<TopUpStatusInput>;

const record = terms.extend({
  topUpId: z.string(),
  packageId: z.string().nullable(),
  label: z.string(),
  state: nextStep.shape.state,
  payWith,
  price: money,
  credit: money,
  credited: money,
  createdAtMs: instantMs,
  paidAtMs: instantMs.nullable(),
});

export const topUpStatus = measured.extend({
  ...record.shape,
  ...nextStep.shape,
  coversUsed: money.nullable(),
}) satisfies z.ZodType<TopUpStatus>;

export const topUpHistoryInput = z.strictObject({
  limit: z.number().int().min(1).max(50).optional(),
  cursor: z.string().min(1).max(200).optional(),
}) satisfies z.ZodType<TopUpHistoryInput>;

export const topUpHistory = measured.extend({
  topUps: z.array(record),
  nextCursor: z.string().nullable(),
}) satisfies z.ZodType<TopUpHistory>;

export const topUpReceipt = measured.extend({
  url: z.string().nullable(),
}) satisfies z.ZodType<TopUpReceipt>;
