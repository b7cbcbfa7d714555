import { describe, expect, it, vi } from 'vitest';
import { consoleLogger, createSafeLogger, describeCause } from './logger.ts';

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

  it.each([
    'redis://user:canary@host/1 is down',
    'postgres://canary@host is down',
    'https://x.example/?a=seti_1_secret_canary',
    'pi_1AbC_secret_canary%2Fcanary refused',
    'authorization: Bearer canary.canary-canary',
    'Basic canary== refused',
    'sk_live_a-canary%canary',
    'Invalid API Key provided: sk_live_****canary-x',
  ])('blanks the secret in %j', (message) => {
    expect(JSON.stringify(describeCause(new Error(message)))).not.toContain('canary');
  });

  it('ends at a depth, a cycle and a length', () => {
    const loop = new Error('loop');
    loop.cause = loop;
    expect(JSON.stringify(describeCause(loop)).match(/"loop"/g)).toHaveLength(5);
    expect(String(describeCause(new Error('x'.repeat(1e6))).message)).toHaveLength(4000);
  });

  it('describes what resists', () => {
    const words = Object.assign(new Error(), { message: 42 });
    expect(describeCause(words)).toMatchObject({ message: '42' });
    const hostile = Object.defineProperty(new Error('x'), 'message', {
      get() {
        throw new Error('no');
      },
    });
    expect(describeCause(hostile)).toEqual({ thrown: 'something that cannot be described' });
    expect(describeCause(Object.create(null))).toEqual({ thrown: 'something that cannot be described' });
  });

  it('goes to the console where the logger of the host throws', () => {
    const error = vi.spyOn(console, 'error').mockReturnValue();
    const broken = () => {
      throw new Error('disk full');
    };
    createSafeLogger({ error: broken, warn: broken, info: broken }).error('Down.', { where: 'here' });
    expect(error).toHaveBeenCalledWith('[meterboard] Down.', {
      where: 'here',
      logger: expect.objectContaining({ message: 'disk full' }),
    });
  });

  it('goes to the console with its level', () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    consoleLogger.warn('Careful.', { where: 'here' });
    expect(warn).toHaveBeenCalledWith('[meterboard] Careful.', { where: 'here' });
  });
});
