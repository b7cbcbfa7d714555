import { expect, it } from 'vitest';
import {
  exampleDocument,
  exampleLine,
  examplePeriod,
  exampleSubscription,
} from '../testing/example-world.ts';
import { findBillingItems } from './billed-parts.ts';
import { findChanges } from './find-changes.ts';

const at = (iso: string) => Date.parse(iso);
const changeMs = at('2026-03-10T08:00:05Z');
const [billing] = findBillingItems([exampleSubscription()], 'mtr_requests');

function changes(lines: Parameters<typeof exampleLine>[], range = examplePeriod) {
  if (!billing) throw new Error('the example bills the meter');
  const preview = exampleDocument(
    'preview',
    lines.map(([minor, known]) => exampleLine(minor, known)),
  );
  return findChanges('mtr_requests', billing, preview, range).map(({ atMs, priceId }) => [atMs, priceId]);
}
const before = { priceId: 'price_old', period: { ...examplePeriod, endMs: changeMs } };
const after = { priceId: 'price_new', period: { ...examplePeriod, startMs: changeMs } };

it.each([
  [
    'is told by lines of a former price',
    [
      [40, before],
      [0, before],
      [60, after],
    ],
    [[changeMs, 'price_new']],
  ],
  ['is told where what was used before is not billed', [[60, after]], [[changeMs, 'price_new']]],
  [
    'is not there with one price, however many tiers',
    [
      [1, {}],
      [2, {}],
    ],
    [],
  ],
  ['of another meter is not one of this', [[1, { ...after, meterId: 'mtr_other' }]], []],
  [
    'is not the beginning of the next period',
    [[5, { period: { startMs: examplePeriod.endMs, endMs: at('2026-05-01T00:00Z') } }]],
    [],
  ],
] as const)('a change %s', (_, lines, expected) => {
  expect(changes(lines as unknown as Parameters<typeof exampleLine>[])).toEqual(expected);
});

it('a change outside of the range is not marked', () => {
  const later = { startMs: changeMs, endMs: examplePeriod.endMs };
  expect(
    changes(
      [
        [40, before],
        [60, after],
      ],
      later,
    ),
  ).toEqual([]);
});
