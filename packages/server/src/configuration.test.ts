import { describe, expect, it } from 'vitest';
import { resolveConfiguration } from './configuration.ts';
import { createMemoryGateway } from './gateways/memory.ts';
import { createMeterboard } from './meterboard.ts';

const pack = {
  id: 'ten',
  label: 'Ten',
  price: { amountMinor: 1000, currency: 'usd' },
  credit: { amountMinor: 1000, currency: 'usd' },
};
const gateway = createMemoryGateway({ nowMs: () => 0, meters: [], prices: [], customers: {} });
const identify = () => null;

describe('the configuration', () => {
  it.each([
    ['a meter twice', { meters: [{ eventName: 'a' }, { eventName: 'a' }] }, /lists 'a' twice/],
    ['an empty event name', { meters: [{ eventName: '' }] }, /eventName/],
    ['a negative limit', { meters: { a: { limit: -1 } } }, /limit of meter 'a'/],
    ['a limit that is no number', { meters: { a: { limit: 'lots' } } }, /limit of meter 'a'/],
    ['a package twice', { topUps: { packages: [pack, pack] } }, /id 'ten' twice/],
    [
      'a price in units',
      { topUps: { packages: [{ ...pack, price: { amountMinor: 10.5, currency: 'usd' } }] } },
      /amountMinor of 10.5/,
    ],
    [
      'a free package',
      { topUps: { packages: [{ ...pack, price: { amountMinor: 0, currency: 'usd' } }] } },
      /positive integer/,
    ],
    [
      'an upper-case currency',
      { topUps: { packages: [{ ...pack, credit: { amountMinor: 1, currency: 'USD' } }] } },
      /"USD"/,
    ],
    ['half a month', { topUps: { packages: [{ ...pack, expiresAfterMonths: 0.5 }] } }, /expiresAfterMonths/],
    ['a relative return address', { topUps: { packages: [pack], returnUrl: '/billing' } }, /returnUrl/],
    [
      'a return origin with a path',
      { topUps: { packages: [pack], allowedReturnOrigins: ['https://a.example/x'] } },
      /allowedReturnOrigins/,
    ],
    ['a threshold in units', { lowBalance: { remainingBelowMinor: 9.99 } }, /remainingBelowMinor is 9.99/],
    [
      'a threshold in units for a currency',
      { lowBalance: { remainingBelowMinor: { usd: 9.99 } } },
      /remainingBelowMinor.usd is 9.99/,
    ],
    ['a threshold for no currency', { lowBalance: { remainingBelowMinor: { USD: 9 } } }, /"USD"/],
    ['a base path without a slash', { basePath: 'api' }, /basePath/],
    ['a base path that ends with a slash', { basePath: '/api/' }, /basePath/],
  ])('refuses %s and says how to put it right', (_, options, message) => {
    const start = () => createMeterboard({ gateway, identify, ...options });
    expect(start).toThrow(message);
    expect(start).toThrow(/^createMeterboard: .+\. .+\. .+/s);
  });

  it.each([
    ['no provider', { identify }, /neither stripe nor gateway/],
    ['two providers', { identify, gateway, stripe: { secretKey: 'sk_test_1' } }, /both stripe and gateway/],
    ['no key', { identify, stripe: { secretKey: undefined } }, /secretKey is empty/],
    ['a publishable key', { identify, stripe: { secretKey: 'pk_test_canary' } }, /not a secret key/],
    ['a key with a blank', { identify, stripe: { secretKey: 'sk_test_canary ' } }, /not a secret key/],
    ['something that is no client', { identify, stripe: { client: {} } }, /not a Stripe client/],
    ['no identify', { gateway }, /identify is missing/],
  ])('refuses %s, and never repeats a key', (_, options, message) => {
    let said = '';
    try {
      Reflect.apply(createMeterboard, undefined, [options]);
    } catch (error) {
      said = String(error);
    }
    expect(said).toMatch(message);
    expect(said).not.toContain('canary');
  });

  it('takes meters as a record, in its order, with numbers as limits', () => {
    const { meters } = resolveConfiguration({ meters: { b: { label: 'B', limit: 2.5 }, a: {} } });
    expect(meters).toEqual([{ eventName: 'b', label: 'B', limit: '2.5' }, { eventName: 'a' }]);
  });
});
