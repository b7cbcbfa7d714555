import { describe, expect, it } from 'vitest';
import { createCustomerShare, freshnessFactor } from './customer-share.ts';

describe('the share of a customer', () => {
  it('ends for a day with what was given, and for nobody else', () => {
    let nowMs = 0;
    const share = createCustomerShare({ dailyGets: 3, nowMs: () => nowMs });
    for (let n = 0; n < 3; n += 1) share.take('cus_1');
    nowMs += 3_600_000;
    expect(() => share.take('cus_1')).toThrow(
      expect.objectContaining({ code: 'provider_rate_limited', retryAfterMs: 23 * 3_600_000 }),
    );
    expect(() => share.take('cus_2')).not.toThrow();
    nowMs += 23 * 3_600_000;
    expect(() => share.take('cus_1')).not.toThrow();
  });

  it('has no end where the host wants none', () => {
    const share = createCustomerShare({ dailyGets: null, nowMs: () => 0 });
    expect(() => {
      for (let n = 0; n < 10_000; n += 1) share.take('cus_1');
    }).not.toThrow();
  });
});

it.each([
  [0, 1],
  [0.49, 1],
  [0.5, 2],
  [0.75, 4],
  [0.9, 10],
  [1.2, 10],
])('with %d of the month spent readings serve %d times as long', (spentRatio, factor) => {
  expect(freshnessFactor(spentRatio)).toBe(factor);
});
