import { expect, it } from 'vitest';
import { stretchOf } from './stretch.ts';

it.each([
  [0, 9_000, 1],
  [4_499, 9_000, 1],
  [4_500, 9_000, 2],
  [6_749, 9_000, 2],
  [6_750, 9_000, 4],
  [8_099, 9_000, 4],
  [8_100, 9_000, 10],
  [9_100, 9_000, 10],
  [9_100, null, 1],
])('with %s of %s readings spent, readings serve %s times as long', (spent, monthly, times) => {
  expect(stretchOf(spent, monthly)).toBe(times);
});
