import { BillingError } from '@meterboard/contract';
import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { translateError, translating } from './translate-error.ts';

const { errors } = Stripe;
const raw = (known: object) => ({
  message: 'Stripe says so',
  type: 'invalid_request_error' as const,
  ...known,
});

describe('translateError', () => {
  it.each([
    ['a lost connection', new errors.StripeConnectionError(raw({})), 'provider_unavailable', true],
    ['a server error', new errors.StripeAPIError(raw({ statusCode: 500 })), 'provider_unavailable', true],
    ['a lock', new errors.StripeAPIError(raw({ statusCode: 409 })), 'provider_unavailable', true],
    ['a missing route', new errors.StripeAPIError(raw({ statusCode: 501 })), 'provider_rejected', false],
    [
      'a rate limit',
      new errors.StripeRateLimitError(raw({ statusCode: 429 })),
      'provider_rate_limited',
      true,
    ],
    [
      'a wrong key',
      new errors.StripeAuthenticationError(raw({ statusCode: 401 })),
      'provider_rejected',
      false,
    ],
    ['a narrow key', new errors.StripePermissionError(raw({ statusCode: 403 })), 'provider_rejected', false],
    ['a declined card', new errors.StripeCardError(raw({ statusCode: 402 })), 'payment_declined', false],
    [
      'an unknown customer',
      new errors.StripeInvalidRequestError(raw({ code: 'resource_missing', param: 'customer' })),
      'customer_not_found',
      false,
    ],
    [
      'an unknown customer, retrieved',
      new errors.StripeInvalidRequestError(
        raw({ code: 'resource_missing', param: 'id', message: "No such customer: 'cus_1'" }),
      ),
      'customer_not_found',
      false,
    ],
    [
      'another thing that is missing',
      new errors.StripeInvalidRequestError(raw({ code: 'resource_missing', param: 'price' })),
      'provider_rejected',
      false,
    ],
    [
      'a key with other content',
      new errors.StripeIdempotencyError(raw({ statusCode: 400 })),
      'conflict',
      false,
    ],
    [
      'a key that is in use',
      new errors.StripeIdempotencyError(raw({ statusCode: 409, code: 'idempotency_key_in_use' })),
      'provider_unavailable',
      true,
    ],
    ['an answer of unknown shape', new TypeError('x is not a function'), 'provider_rejected', false],
    ['something thrown that is no error', 'boom', 'provider_rejected', false],
  ] as const)('%s', (_, thrown, code, retryable) => {
    const error = translateError(thrown);
    expect([error.code, error.retryable, error.cause]).toEqual([code, retryable, thrown]);
    expect(error.message).not.toContain('Stripe says so');
  });

  it('passes on how long to wait', () => {
    const limited = new errors.StripeRateLimitError(
      raw({ statusCode: 429, headers: { 'retry-after': '2' } }),
    );
    expect(translateError(limited).retryAfterMs).toBe(2000);
  });

  it('leaves our own errors as they are', () => {
    const own = new BillingError('not_found');
    expect(translateError(own)).toBe(own);
  });
});

describe('translating', () => {
  it('does not begin a call that was given up', async () => {
    let called = false;
    const call = translating(async () => {
      called = true;
    }, AbortSignal.abort());
    await expect(call).rejects.toMatchObject({ code: 'provider_unavailable' });
    expect(called).toBe(false);
  });
});
