import { z } from 'zod';
import type { Measured, TimeSpan } from '../measured.ts';
import type { Money } from '../money.ts';

/** An instant, Unix ms. */
export const instantMs = z.number().int().min(-8.64e15).max(8.64e15);

/** A plain decimal without exponent, as quantities cross the wire. */
export const decimal = z.string().regex(/^-?\d+(\.\d+)?$/);

export const money = z.object({
  amountMinor: z.number().int(),
  currency: z.string().regex(/^[a-z]{3}$/),
}) satisfies z.ZodType<Money>;

export const timeSpan = z.object({ startMs: instantMs, endMs: instantMs }) satisfies z.ZodType<TimeSpan>;

export const measured = z.object({
  sessionKey: z.string(),
  asOfMs: instantMs,
  servedAtMs: instantMs,
  source: z.enum(['stripe', 'local', 'estimate']),
  freshness: z.enum(['live', 'settling', 'stale']),
}) satisfies z.ZodType<Measured>;

export const publicError = z.object({
  code: z.enum([
    'not_signed_in',
    'not_allowed',
    'customer_not_found',
    'invalid_range',
    'top_up_disabled',
    'conflict',
    'invalid_input',
    'unknown_meter',
    'unknown_package',
    'not_found',
    'payment_declined',
    'provider_rate_limited',
    'provider_unavailable',
    'provider_rejected',
    'internal',
  ]),
  message: z.string(),
  retryable: z.boolean(),
  retryAfterMs: z.number().optional(),
  field: z.string().optional(),
  limit: z.string().optional(),
});

/** `{ ok: true, data }` or `{ ok: false, error }`. */
export function section<T extends z.ZodType>(data: T) {
  return z.discriminatedUnion('ok', [
    z.object({ ok: z.literal(true), data }),
    z.object({ ok: z.literal(false), error: publicError }),
  ]);
}

/** An IANA time zone name that this runtime knows; offsets such as `+05:30` are none. */
export const timeZone = z.string().max(64).refine(isTimeZone, 'not a known IANA time zone');

function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][\w/+-]*$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
