import { describe, expect, it } from 'vitest';
import { formatBrand, formatExpiry } from './card.ts';

describe('formatBrand', () => {
  it.each([
    ['visa', 'Visa'],
    ['amex', 'American Express'],
    ['some_new_network', 'Some new network'],
    ['unknown', 'Unknown'],
  ])('writes %s as %s', (brand, text) => {
    expect(formatBrand(brand)).toBe(text);
  });
});

describe('formatExpiry', () => {
  it.each([
    [8, 2029, '08/29'],
    [12, 2100, '12/00'],
  ])('writes %i of %i as %s', (expiryMonth, expiryYear, text) => {
    expect(formatExpiry({ brand: 'visa', last4: '4242', expiryMonth, expiryYear })).toBe(text);
  });
});
