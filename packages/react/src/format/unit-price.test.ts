import { describe, expect, it } from 'vitest';
import { formatUnitPrice, toMajorPrice } from './unit-price.ts';

describe('toMajorPrice', () => {
  it.each([
    ['0.35', 'usd', '0.0035'],
    ['140', 'usd', '1.40'],
    ['5', 'usd', '0.05'],
    ['0.000000000001', 'usd', '0.00000000000001'],
    ['12', 'jpy', '12'],
    ['0.5', 'jpy', '0.5'],
    ['1234', 'kwd', '1.234'],
    ['-5', 'eur', '-0.05'],
  ])('%s %s is %s', (minor, currency, major) => {
    expect(toMajorPrice(minor, currency)).toBe(major);
  });
});

describe('formatUnitPrice', () => {
  it('keeps every digit, and no fewer than the currency has', () => {
    expect(formatUnitPrice('0.35', 'usd', 'en')).toBe('$0.0035');
    expect(formatUnitPrice('140', 'usd', 'en')).toBe('$1.40');
    expect(formatUnitPrice('0.123456789012', 'usd', 'en')).toBe('$0.00123456789012');
  });
});
