import { describe, expect, it } from 'vitest';
import { BillingError, type PublicError, publicMessages, toBillingError } from './errors.ts';

const billing: PublicError = {
  code: 'invalid_range',
  message: 'The range is too long.',
  retryable: false,
  field: 'range.days',
  limit: 'at most 400 days',
};

describe('BillingError', () => {
  it('crosses the wire and comes back whole, without its cause', () => {
    const error = new BillingError('provider_rate_limited', {
      retryAfterMs: 2000,
      cause: new Error('secret'),
    });
    const wire = error.toPublicError();
    expect(JSON.stringify(wire)).not.toContain('secret');
    expect(BillingError.fromPublicError(wire).toPublicError()).toEqual(wire);
  });

  it('has public words for every code', () => {
    expect(new BillingError('not_found').message).toBe(publicMessages.not_found);
  });

  it.each([
    [undefined, 'in a moment'],
    [60_000, 'in a moment'],
    [60_001, 'later'],
    [29 * 86_400_000, 'later'],
  ])('who may read again after %s ms is told to try again %s', (retryAfterMs, when) => {
    const details = retryAfterMs === undefined ? {} : { retryAfterMs };
    expect(new BillingError('provider_rate_limited', details).message).toContain(`Try again ${when}.`);
  });
});

describe('toBillingError', () => {
  it.each([
    ['a BillingError itself', BillingError.fromPublicError(billing), 'invalid_range'],
    [
      'an error that carries one on the wire',
      Object.assign(new Error(), { data: { billing } }),
      'invalid_range',
    ],
    [
      'an error whose cause is one',
      new Error('x', { cause: BillingError.fromPublicError(billing) }),
      'invalid_range',
    ],
    ['an answer without ours', Object.assign(new Error(), { data: { httpStatus: 500 } }), 'internal'],
    ['no answer', new TypeError('fetch failed'), 'provider_unavailable'],
    ['nothing at all', undefined, 'provider_unavailable'],
  ])('reads %s', (_, thrown, code) => {
    expect(toBillingError(thrown).code).toBe(code);
  });
});
