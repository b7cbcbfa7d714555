import { describe, expect, it } from 'vitest';
import {
  invalidRequest,
  notImplemented,
  rateLimited,
  resourceMissing,
  StripeFault,
  toErrorBody,
  toErrorBodyV2,
} from './errors.ts';

describe('the body of an error', () => {
  it('in v1 names type, code, parameter and where to read more', () => {
    expect(toErrorBody(invalidRequest('No.', { code: 'url_invalid', param: 'url' }))).toEqual({
      error: {
        code: 'url_invalid',
        doc_url: 'https://stripe.com/docs/error-codes/url-invalid',
        message: 'No.',
        param: 'url',
        type: 'invalid_request_error',
      },
    });
  });

  it.each([
    ['a wrong field', invalidRequest('No.', { param: 'name' }), { code: 'invalid_fields', param: 'name' }],
    ['a missing field', invalidRequest('No.', { code: 'parameter_missing' }), { code: 'invalid_fields' }],
    ['an unknown id', resourceMissing('event', 'x'), { code: 'not_found', type: 'invalid_request_error' }],
    [
      'a code of its own',
      invalidRequest('No.', { code: 'no_meter' }),
      { code: 'no_meter', type: 'invalid_request_error' },
    ],
    ['a rate limit', rateLimited('global-rate'), { code: 'rate_limit', type: 'invalid_request_error' }],
    ['what is missing', notImplemented('that'), { code: 'not_implemented', type: 'api_error' }],
    [
      'a conflict',
      new StripeFault('No.', { status: 409, type: 'idempotency_error', code: 'idempotency_key_in_use' }),
      { code: 'idempotency_key_in_use', type: 'idempotency_error' },
    ],
  ] as const)('in v2 says of %s %j', (_name, fault, expected) => {
    const { error } = toErrorBodyV2(fault);
    expect(error).toMatchObject({ ...expected, message: fault.message });
    expect('type' in error).toBe('type' in expected);
    expect(error).not.toHaveProperty('doc_url');
  });
});
