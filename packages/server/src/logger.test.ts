import { describe, expect, it, vi } from 'vitest';
import { consoleLogger, describeCause } from './logger.ts';

describe('the log', () => {
  it('never holds keys or addresses, however deep they lie', () => {
    const cause = new Error('no such customer: jane.doe@example.com');
    const error = Object.assign(new Error('Invalid key sk_live_abc123DEF, whsec_XYZ9 too', { cause }), {
      type: 'StripeAuthenticationError',
      statusCode: 401,
      requestId: 'req_1',
      headers: { authorization: 'Bearer sk_live_abc123DEF' },
    });
    const described = JSON.stringify(describeCause(error));
    expect(described).not.toMatch(/abc123DEF|XYZ9|jane/);
    expect(described).toContain('req_1');
    expect(described).toContain('StripeAuthenticationError');
  });

  it('describes what is no error', () => {
    expect(describeCause('sk_test_canary broke')).toEqual({ thrown: 'sk_… broke' });
  });

  it('goes to the console with its level', () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    consoleLogger.warn('Careful.', { where: 'here' });
    expect(warn).toHaveBeenCalledWith('[meterboard] Careful.', { where: 'here' });
  });
});
