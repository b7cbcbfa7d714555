import { describe, expect, it } from 'vitest';
import { createIds } from './ids.ts';

describe('ids', () => {
  it('gives the same ids for the same seed and calls', () => {
    const [a, b] = [createIds('seed'), createIds('seed')];
    const take = (ids: typeof a) => [
      ids.next('cus_', 14),
      ids.next('in_'),
      ids.next('cus_', 14),
      ids.stable('il_', 'key'),
    ];
    expect(take(a)).toEqual(take(b));
    expect(take(createIds('other'))).not.toEqual(take(createIds('seed')));
  });

  it('counts every prefix on its own', () => {
    const [a, b] = [createIds('seed'), createIds('seed')];
    a.next('in_');
    a.next('in_');
    expect(a.next('cus_')).toBe(b.next('cus_'));
  });

  it('never repeats and has the length asked for', () => {
    const ids = createIds('seed');
    const made = Array.from({ length: 5_000 }, () => ids.next('x_', 14));
    expect(new Set(made).size).toBe(5_000);
    expect(made.every((id) => /^x_[0-9A-Za-z]{14}$/.test(id))).toBe(true);
    expect(ids.next('cs_', 60)).toHaveLength(63);
  });
});
