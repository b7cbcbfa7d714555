import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { fromDecimal, fromSec, safeUrl } from './from-stripe.ts';

describe('at the Stripe border', () => {
  it.each([
    [0.1, '0.1'],
    [1e21, '1000000000000000000000'],
    [1e-7, '0.0000001'],
    [-3, '-3'],
    [Stripe.Decimal.from('0.000950000001'), '0.000950000001'],
  ])('%s becomes a plain decimal string', (decimal, text) => {
    expect(fromDecimal(decimal)).toBe(text);
  });

  it('refuses an instant that is not there', () => {
    expect(() => fromSec(undefined, 'item.current_period_end')).toThrow(/no usable item.current_period_end/);
  });

  it.each([
    ['https://invoice.stripe.com/i/1', true],
    ['http://127.0.0.1:12111/simulator/invoice/1', true],
    ['http://invoice.example/i/1', false],
    ['javascript:alert(1)', false],
    ['//invoice.stripe.com', false],
    [null, false],
    [undefined, false],
  ])('%s may leave the server: %s', (url, isSafe) => {
    expect(safeUrl(url)).toBe(isSafe ? url : null);
  });
});
