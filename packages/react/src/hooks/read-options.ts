import type { PublicError } from '@meterboard/contract';

const patientMs = 5_000;

/**
 * When everything is read: each minute while the page is visible, and on focus. Tries again up to three times, and
 * only what may succeed later and soon; the provider's own waiting time counts.
 */
export const readOptions = {
  staleTime: 10_000,
  refetchInterval: 60_000,
  refetchOnWindowFocus: true,
  networkMode: 'always',
  refetchOnReconnect: true,
  retry: (failures: number, error: PublicError) =>
    error.retryable && failures < 3 && (error.retryAfterMs ?? 0) <= patientMs,
  retryDelay: (failures: number, error: PublicError) => error.retryAfterMs ?? 400 * 2 ** failures,
} as const;
