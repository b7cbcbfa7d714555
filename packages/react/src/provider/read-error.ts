import type { BillingErrorData, PublicError } from '@meterboard/contract';

/**
 * Why a call failed, as the contract's `toBillingError()` reads it, without that class: its table of words would
 * be a tenth of this package. What no server said gets its words from the messages.
 */
export function readError(cause: unknown): PublicError {
  const { data, code } = (cause ?? {}) as { data?: BillingErrorData | null; code?: unknown };
  if (data?.billing) return data.billing;
  if (typeof code === 'string' && typeof (cause as PublicError).retryable === 'boolean')
    return cause as PublicError;
  return localError(data ? 'internal' : 'provider_unavailable');
}

/** An error that was noticed on this side. */
export function localError(code: PublicError['code']): PublicError {
  return { code, message: code, retryable: code === 'provider_unavailable' };
}
