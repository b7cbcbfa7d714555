import { z } from 'zod';
import type {
  TopUpPackages,
  TopUpStart,
  TopUpStartInput,
  TopUpStatus,
  TopUpStatusInput,
} from '../top-ups.ts';
import { measured, money } from './measured.ts';

export const topUpPackages = measured.extend({
  packages: z.array(
    z.object({
      packageId: z.string(),
      label: z.string(),
      price: money,
      credit: money,
      expiresAfterMonths: z.number().int().nullable(),
    }),
  ),
  unavailable: z.enum(['not_allowed', 'no_metered_subscription', 'not_configured']).nullable(),
}) satisfies z.ZodType<TopUpPackages>;

export const topUpStartInput = z.strictObject({
  packageId: z.string().min(1).max(100),
  attemptId: z.string().regex(/^[A-Za-z0-9_-]{8,100}$/),
  returnUrl: z.string().max(2000).optional(),
}) satisfies z.ZodType<TopUpStartInput>;

export const topUpStart = z.object({
  sessionKey: z.string(),
  topUpId: z.string(),
  url: z.string().nullable(),
}) satisfies z.ZodType<TopUpStart>;

export const topUpStatusInput = z.strictObject({
  topUpId: z.string().regex(/^tu_[\w-]{43}$/),
}) satisfies z.ZodType<TopUpStatusInput>;

export const topUpStatus = measured.extend({
  topUpId: z.string(),
  packageId: z.string(),
  state: z.enum(['open', 'processing', 'paid', 'granted', 'expired', 'canceled']),
  price: money,
  credit: money,
}) satisfies z.ZodType<TopUpStatus>;
