import { BillingError } from '@meterboard/contract';

/**
 * The `BillingError` for anything that a Stripe call throws, with the original as its cause. Stripe's classes are
 * told by their `type`, so that a host's own copy of the SDK works. What is not a Stripe error came from reading an
 * answer of unknown shape: `provider_rejected`.
 */
export function translateError(thrown: unknown): BillingError {
  if (thrown instanceof BillingError) return thrown;
  const error = readStripeError(thrown);
  const cause = { cause: thrown, answered: hasEnded(error) };
  switch (error.type) {
    case 'StripeConnectionError':
      return new BillingError('provider_unavailable', cause);
    case 'StripeRateLimitError':
      return new BillingError('provider_rate_limited', { ...cause, ...retryAfterOf(error.headers) });
    case 'StripeCardError':
      return new BillingError('payment_declined', cause);
    case 'StripeIdempotencyError':
      return new BillingError(isInUse(error) ? 'provider_unavailable' : 'conflict', cause);
    case 'StripeInvalidRequestError':
      return new BillingError(isUnknownCustomer(error) ? 'customer_not_found' : 'provider_rejected', cause);
    case 'StripeAPIError':
      return new BillingError(isPassing(error) ? 'provider_unavailable' : 'provider_rejected', cause);
    default:
      return new BillingError('provider_rejected', cause);
  }
}

/** Whether Stripe says that the object a call names does not exist. */
export function isMissing(thrown: unknown): boolean {
  return readStripeError(thrown).code === 'resource_missing';
}

/** Whether Stripe understood the call and refuses it: nothing happened, and nothing will. */
export function isRefusal(thrown: unknown): boolean {
  return readStripeError(thrown).type === 'StripeInvalidRequestError';
}

/** Stripe's own words, for telling refusals apart that have no code. */
export function messageOf(thrown: unknown): string {
  return String(readStripeError(thrown).message);
}

/** Runs Stripe calls so that only `BillingError`s leave. A request that was given up is not begun. */
export async function translating<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    signal?.throwIfAborted();
    return await call();
  } catch (error) {
    if (signal?.aborted) throw new BillingError('provider_unavailable', { cause: error });
    throw translateError(error);
  }
}

interface StripeErrorFields {
  type?: unknown;
  code?: unknown;
  param?: unknown;
  statusCode?: unknown;
  headers?: unknown;
  message?: unknown;
}

function readStripeError(thrown: unknown): StripeErrorFields {
  return typeof thrown === 'object' && thrown !== null ? thrown : {};
}

/** `customer` is the parameter of most calls; retrieving one names it `id`. */
function isUnknownCustomer({ code, param, message }: StripeErrorFields): boolean {
  if (code !== 'resource_missing') return false;
  return param === 'customer' || /^No such customer/.test(String(message));
}

/** Two calls with one key at once: the first is still under way. */
function isInUse({ code, statusCode }: StripeErrorFields): boolean {
  return code === 'idempotency_key_in_use' || statusCode === 409;
}

/** Stripe has answered, and not that the call with this key is still under way. */
function hasEnded(error: StripeErrorFields): boolean {
  return typeof error.statusCode === 'number' && error.code !== 'idempotency_key_in_use';
}

/** Conflicts and server errors pass; a route that is not there stays away. */
function isPassing({ statusCode }: StripeErrorFields): boolean {
  if (typeof statusCode !== 'number') return true;
  return statusCode === 409 || (statusCode >= 500 && statusCode !== 501);
}

function retryAfterOf(headers: unknown): { retryAfterMs?: number } {
  if (typeof headers !== 'object' || headers === null || !('retry-after' in headers)) return {};
  const seconds = Number(headers['retry-after']);
  return Number.isFinite(seconds) && seconds >= 0 ? { retryAfterMs: Math.ceil(seconds * 1000) } : {};
}
