import { describe, expect, it } from 'vitest';
import type { RawDocumentLine } from '../gateway.ts';
import {
  exampleDocument,
  exampleLine,
  examplePeriod,
  exampleSubscription,
} from '../testing/example-world.ts';
import { findBillingItems } from './billed-parts.ts';
import { isPeriodClosed } from './period-closed.ts';

const before = { startMs: Date.UTC(2026, 1, 1), endMs: examplePeriod.startMs };
const since = (createdAtMs: number) => exampleSubscription({ createdAtMs });
const draft = (known: Partial<RawDocumentLine>) =>
  exampleDocument('in_1', [exampleLine(100, known)], { kind: 'draft' });
const closed = (lines: Partial<RawDocumentLine>[] = [], subscriptions = [since(before.startMs)]) =>
  isPeriodClosed('mtr_requests', findBillingItems(subscriptions, 'mtr_requests'), before, lines.map(draft));

describe('isPeriodClosed', () => {
  it.each([
    ['without a draft', [], true],
    ['with a draft that bills it', [{ period: before }], false],
    ['with one of a part of it', [{ period: { ...before, startMs: before.endMs - 1 } }], false],
    ['with a draft of the next period', [{ period: examplePeriod }], true],
    ['with a draft of another meter', [{ period: before, meterId: 'mtr_other' }], true],
    ['with a draft of fees', [{ period: before, meterId: null }], true],
  ])('of a period that is over, %s', (_, lines, expected) => {
    expect(closed(lines)).toBe(expected);
  });

  it('is false as long as another subscription bills a part of the period', () => {
    const later = { ...examplePeriod, startMs: before.endMs - 1 };
    const { items, ...rest } = exampleSubscription({ subscriptionId: 'sub_2' });
    const other = { ...rest, items: items.map((item) => ({ ...item, period: later })) };
    expect(closed([], [since(before.startMs), other])).toBe(false);
  });

  it('is not known where nothing billed the meter then', () => {
    expect(closed([], [since(before.endMs)])).toBe(null);
    expect(closed([], [])).toBe(null);
  });
});
