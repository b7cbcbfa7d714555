import { expect, it } from 'vitest';
import { createCustomerShares } from './customer-shares.ts';

const hourMs = 3_600_000;

it('a customer may read so often within 24 hours, and again as the oldest readings leave', () => {
  let nowMs = 100 * hourMs;
  const shares = createCustomerShares(3, () => nowMs);
  expect(shares.nextAtMs('a')).toBe(null);
  shares.count('a');
  nowMs += 1.5 * hourMs;
  shares.count('a');
  expect(shares.nextAtMs('a')).toBe(null);
  shares.count('a');
  expect(shares.nextAtMs('a')).toBe(124 * hourMs);
  expect(shares.nextAtMs('b')).toBe(null);
  nowMs = 124 * hourMs - 1;
  expect(shares.nextAtMs('a')).toBe(124 * hourMs);
  nowMs += 1;
  expect(shares.nextAtMs('a')).toBe(null);
  shares.count('a');
  expect(shares.nextAtMs('a')).toBe(125 * hourMs);
});

it.each(['__proto__', 'constructor', ''])('%j is a customer like any other', (id) => {
  const shares = createCustomerShares(1, () => 0);
  shares.count(id);
  expect([shares.nextAtMs(id), shares.nextAtMs('b')]).toEqual([24 * hourMs, null]);
});
