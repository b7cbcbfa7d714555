import { describe, expect, it } from 'vitest';
import { formatExact, formatQuantity, formatTick } from './quantity.ts';

describe('formatQuantity', () => {
  it.each([
    ['0', '0'],
    ['14208', '14,208'],
    ['999999', '999,999'],
    ['1000000', '1M'],
    ['10412345', '10.4M'],
    ['-10412345', '−10.4M'],
    ['0.125', '0.13'],
    ['14208.128', '14,208.13'],
    ['0.004', '0.004'],
    ['-0.001', '−0.001'],
    ['0.00000123456', '0.0000012'],
    ['38.50', '38.5'],
    ['-3', '−3'],
  ])('prints %s as %s', (decimal, text) => {
    expect(formatQuantity(decimal, 'en')).toBe(text);
  });
});

describe('formatExact', () => {
  it.each([
    ['123456789012345', '123,456,789,012,345'],
    ['9007199254740993', '9,007,199,254,740,993'],
    ['0.100000000001', '0.100000000001'],
    ['-12.5', '−12.5'],
    ['0.0000000000001', '0.0000000000001'],
  ])('keeps every digit of %s', (decimal, text) => {
    expect(formatExact(decimal, 'en')).toBe(text);
  });
});

describe('formatTick', () => {
  it.each([
    [0, '0'],
    [0.25, '0.25'],
    [1000, '1,000'],
    [25_000, '25K'],
    [-1_500_000, '−1.5M'],
  ])('prints %d as %s', (value, text) => {
    expect(formatTick(String(value), 'en')).toBe(text);
  });
});
