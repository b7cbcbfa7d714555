import { BillingError, toBillingError } from '@meterboard/contract';
import { describe, expect, it } from 'vitest';
import { readError } from './read-error.ts';

describe('readError', () => {
  const declined = new BillingError('payment_declined');
  const limited = new BillingError('provider_rate_limited', { retryAfterMs: 1500 });
  it.each([
    ['a BillingError', declined],
    ['one that says how long to wait', limited],
    [
      'a tRPC error that carries one',
      { message: 'x', data: { code: 'FORBIDDEN', billing: limited.toPublicError() } },
    ],
    ['a tRPC error of another kind', { message: 'x', data: { code: 'INTERNAL_SERVER_ERROR' } }],
    ['a request that never arrived', Object.assign(new TypeError('fetch failed'), { data: undefined })],
    ['a system error', Object.assign(new Error('reset'), { code: 'ECONNRESET' })],
    ['nothing at all', undefined],
  ])('reads %s as the contract does', (_, cause) => {
    const { code, retryable, retryAfterMs } = toBillingError(cause);
    expect(readError(cause)).toMatchObject({ code, retryable, ...(retryAfterMs ? { retryAfterMs } : {}) });
  });
});
