import { BillingError, type UsageRange } from '@meterboard/contract';
import { describe, expect, it } from 'vitest';
import type { BillingCycle } from './period-ends.ts';
import { assertRangeAllowed, bucketsBefore, type RangeContext, resolveRange } from './resolve-range.ts';

const at = (iso: string) => Date.parse(iso);
const context = (known: Partial<RangeContext> = {}): RangeContext => ({
  bucket: 'day',
  timeZone: 'UTC',
  nowMs: at('2026-03-15T12:34:56Z'),
  ...known,
});
const between = (start: string, end: string): UsageRange => ({
  kind: 'between',
  startMs: at(start),
  endMs: at(end),
});

const month = { unit: 'month', count: 1 } as const;
const cycle = (
  period: { startMs: number; endMs: number },
  known: Partial<BillingCycle> = {},
): BillingCycle => ({
  period,
  anchorMs: period.startMs,
  recurrence: month,
  createdAtMs: 0,
  ...known,
});
const span = (start: string, end: string) => ({ startMs: at(start), endMs: at(end) });

function refusal(range: UsageRange, known: Partial<RangeContext> = {}) {
  try {
    assertRangeAllowed(range, context(known));
  } catch (error) {
    if (error instanceof BillingError) return { code: error.code, field: error.field, limit: error.limit };
    throw error;
  }
  return 'allowed';
}

describe('ranges', () => {
  it('widens misaligned edges to whole buckets and says so', () => {
    const { range } = resolveRange(
      between('2026-03-01T10:07:31Z', '2026-03-01T12:00:05Z'),
      null,
      context({ bucket: 'hour' }),
    );
    expect(range).toEqual({
      kind: 'between',
      startMs: at('2026-03-01T10:00:00Z'),
      endMs: at('2026-03-01T13:00:00Z'),
      widened: true,
      requested: { startMs: at('2026-03-01T10:07:31Z'), endMs: at('2026-03-01T12:00:05Z') },
    });
  });

  it('leaves aligned edges alone', () => {
    const { range, buckets } = resolveRange(
      between('2026-03-01T00:00Z', '2026-03-03T00:00Z'),
      null,
      context(),
    );
    expect([range.widened, buckets.length]).toEqual([false, 2]);
  });

  it("means whole days of the zone, today included, by 'last'", () => {
    const { range, buckets } = resolveRange(
      { kind: 'last', days: 7 },
      null,
      context({ timeZone: 'Asia/Kolkata', nowMs: at('2026-03-15T20:00:00Z') }),
    );
    expect(range.startMs).toBe(at('2026-03-09T18:30:00Z'));
    expect(range.endMs).toBe(at('2026-03-16T18:30:00Z'));
    expect(buckets).toHaveLength(7);
  });

  it('floors both edges of a period to the minute, so that neighbours still tile', () => {
    const first = { startMs: at('2026-02-01T14:37:12Z'), endMs: at('2026-03-01T14:37:12Z') };
    const second = { startMs: first.endMs, endMs: at('2026-04-01T14:37:12Z') };
    const [a, b] = [first, second].map(
      (period) => resolveRange({ kind: 'period' }, cycle(period), context()).range,
    );
    expect(a?.endMs).toBe(at('2026-03-01T14:37:00Z'));
    expect(b?.startMs).toBe(a?.endMs);
    expect(b?.requested).toEqual(second);
  });

  it('shows the last 30 days where nothing bills the meter', () => {
    const { range, buckets } = resolveRange({ kind: 'period' }, null, context());
    expect([range.kind, buckets.length]).toEqual(['last', 30]);
  });

  it.each([
    [
      'an inverted range',
      between('2026-03-02T00:00Z', '2026-03-01T00:00Z'),
      {},
      'range.endMs',
      /after the start/,
    ],
    [
      'an empty range',
      between('2026-03-02T00:00Z', '2026-03-02T00:00Z'),
      {},
      'range.endMs',
      /after the start/,
    ],
    ['more than 400 days', between('2024-01-01T00:00Z', '2026-01-01T00:00Z'), {}, 'range.endMs', /400 days/],
    ['an endless range', { kind: 'between', startMs: 0, endMs: 8.64e15 }, {}, 'range.endMs', /400 days/],
    ['a start before 1970', between('1969-12-31T00:00Z', '1970-01-02T00:00Z'), {}, 'range.startMs', /1970/],
    [
      'a start that the zone moves before 1970',
      { kind: 'between', startMs: 0, endMs: 86_400_000 },
      { timeZone: 'America/New_York' },
      'range.startMs',
      /1970/,
    ],
    ['an end after 2199', between('2200-01-01T00:00Z', '2200-01-02T00:00Z'), {}, 'range.endMs', /2199/],
    [
      'the last days of all',
      { kind: 'between', startMs: 8.64e15 - 1000, endMs: 8.64e15 },
      {},
      'range.endMs',
      /2199/,
    ],
    [
      'the first days of all',
      { kind: 'between', startMs: -8.64e15, endMs: 1000 - 8.64e15 },
      {},
      'range.startMs',
      /1970/,
    ],
    [
      'too many readings of their own',
      { kind: 'last', days: 101 },
      { timeZone: 'Asia/Kolkata' },
      'bucket',
      /at most 100 buckets/,
    ],
    ['more than 400 last days', { kind: 'last', days: 401 }, {}, 'range.days', /400 days/],
    ['a billion last days', { kind: 'last', days: 1e9 }, {}, 'range.days', /400 days/],
    ['too many buckets', { kind: 'last', days: 60 }, { bucket: 'hour' }, 'range.days', /750 buckets/],
    ['far too many buckets', { kind: 'last', days: 400 }, { bucket: 'hour' }, 'range.days', /750 buckets/],
  ] as const)('refuses %s and names the limit', (_, range, known, field, limit) => {
    expect(refusal(range, known)).toEqual({
      code: 'invalid_range',
      field,
      limit: expect.stringMatching(limit),
    });
  });

  it.each([
    ['400 days by day', { kind: 'last', days: 400 }, {}],
    ['31 days by hour', { kind: 'last', days: 31 }, { bucket: 'hour' }],
    ['400 days across a change of clocks', { kind: 'last', days: 400 }, { timeZone: 'Europe/Budapest' }],
  ] as const)('allows %s', (_, range, known) => {
    expect(refusal(range, known)).toBe('allowed');
  });
});

describe('the billing period before', () => {
  const previous = (known: Partial<BillingCycle> & { period: BillingCycle['period'] }) => {
    const asked = cycle(known.period, known);
    const { range } = resolveRange({ kind: 'previous_period' }, asked, context());
    return [
      range.kind,
      ...[range.requested.startMs, range.requested.endMs].map((ms) => new Date(ms).toISOString()),
    ];
  };

  it.each([
    [
      'has the exact edges of the anchor, odd seconds included',
      { period: span('2026-03-09T14:37:12Z', '2026-04-09T14:37:12Z') },
      ['2026-02-09T14:37:12.000Z', '2026-03-09T14:37:12.000Z'],
    ],
    [
      'ends on the last day of a month that has no 31st, and returns to the 31st before',
      { anchorMs: at('2026-01-31T10:00Z'), period: span('2026-02-28T10:00Z', '2026-03-31T10:00Z') },
      ['2026-01-31T10:00:00.000Z', '2026-02-28T10:00:00.000Z'],
    ],
    [
      'is the shorter one from 28 February to 31 March, seen from April',
      { anchorMs: at('2026-01-31T10:00Z'), period: span('2026-03-31T10:00Z', '2026-04-30T10:00Z') },
      ['2026-02-28T10:00:00.000Z', '2026-03-31T10:00:00.000Z'],
    ],
    [
      'is a quarter for what bills by quarter',
      {
        recurrence: { unit: 'month', count: 3 } as const,
        period: span('2026-01-31T00:00Z', '2026-04-30T00:00Z'),
      },
      ['2025-10-31T00:00:00.000Z', '2026-01-31T00:00:00.000Z'],
    ],
    [
      'is a leap year for what bills by year',
      {
        recurrence: { unit: 'year', count: 1 } as const,
        period: span('2025-02-28T00:00Z', '2026-02-28T00:00Z'),
        anchorMs: at('2024-02-29T00:00Z'),
      },
      ['2024-02-29T00:00:00.000Z', '2025-02-28T00:00:00.000Z'],
    ],
    [
      'is as short as it was where the subscription began within it',
      { createdAtMs: at('2026-02-20T08:00Z'), period: span('2026-03-01T00:00Z', '2026-04-01T00:00Z') },
      ['2026-02-20T08:00:00.000Z', '2026-03-01T00:00:00.000Z'],
    ],
    [
      'is what the anchor would have made it before there was a subscription',
      { createdAtMs: at('2026-03-01T00:00Z'), period: span('2026-03-01T00:00Z', '2026-04-01T00:00Z') },
      ['2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z'],
    ],
  ])('S1-18: %s', (_, known, edges) => {
    expect(previous(known)).toEqual(['previous_period', ...edges]);
  });

  it('S1-18: tiles with the current one after both are floored to the minute', () => {
    const asked = cycle(span('2026-03-09T14:37:12Z', '2026-04-09T14:37:12Z'));
    const [before, now] = (['previous_period', 'period'] as const).map(
      (kind) => resolveRange({ kind }, asked, context()).range,
    );
    expect(before?.endMs).toBe(now?.startMs);
    expect(before?.endMs).toBe(at('2026-03-09T14:37Z'));
  });

  it('is the 30 days before the last 30 where nothing bills the meter', () => {
    const { range, buckets } = resolveRange({ kind: 'previous_period' }, null, context());
    expect([range.kind, buckets.length]).toEqual(['between', 30]);
    expect(range.endMs).toBe(resolveRange({ kind: 'period' }, null, context()).range.startMs);
  });
});

describe('a month', () => {
  it.each([
    ['2026-03', 'Europe/Budapest', '2026-02-28T23:00Z', '2026-03-31T22:00Z', 31],
    ['2026-11', 'America/New_York', '2026-11-01T04:00Z', '2026-12-01T05:00Z', 30],
    ['2026-12', 'Asia/Kolkata', '2026-11-30T18:30Z', '2026-12-31T18:30Z', 31],
  ])('%s is that of %s', (named, timeZone, start, end, days) => {
    const { range, buckets } = resolveRange({ kind: 'month', month: named }, null, context({ timeZone }));
    expect(range).toMatchObject({ kind: 'month', widened: false, ...span(start, end) });
    expect(buckets.length).toBe(days);
  });

  it.each([
    ['1969-12', 'UTC'],
    ['0000-01', 'UTC'],
    ['1970-01', 'Asia/Tokyo'],
    ['2200-01', 'UTC'],
  ])('%s in %s is out of reach', (named, timeZone) => {
    const limit = expect.stringMatching(/not before 1970|not after 2199/);
    expect(refusal({ kind: 'month', month: named }, { timeZone })).toMatchObject({
      field: 'range.month',
      limit,
    });
  });
});

describe('the time before a range', () => {
  const before = (
    range: UsageRange,
    asked: BillingCycle | null = null,
    known: Partial<RangeContext> = {},
  ) => {
    const { range: resolved } = resolveRange(range, asked, context(known));
    const found = bucketsBefore(range, resolved, asked, context(known));
    return found && [found.range, found.buckets.length];
  };
  const march = cycle(span('2026-03-09T14:37:12Z', '2026-04-09T14:37:12Z'));

  it.each([
    ['the period before', { kind: 'period' }, march, {}, span('2026-02-09T14:37Z', '2026-03-09T14:37Z'), 29],
    [
      'the one before that',
      { kind: 'previous_period' },
      march,
      {},
      span('2026-01-09T14:37Z', '2026-02-09T14:37Z'),
      32,
    ],
    ['as many days', { kind: 'last', days: 7 }, null, {}, span('2026-03-02T00:00Z', '2026-03-09T00:00Z'), 7],
    [
      '30 days where nothing bills it',
      { kind: 'period' },
      null,
      {},
      span('2026-01-15T00:00Z', '2026-02-14T00:00Z'),
      30,
    ],
    [
      '60 days back for the period before',
      { kind: 'previous_period' },
      null,
      {},
      span('2025-12-16T00:00Z', '2026-01-15T00:00Z'),
      30,
    ],
    [
      'the month before',
      { kind: 'month', month: '2026-03' },
      null,
      {},
      span('2026-02-01T00:00Z', '2026-03-01T00:00Z'),
      28,
    ],
    [
      'as many hours',
      between('2026-03-15T10:00Z', '2026-03-15T12:00Z'),
      null,
      { bucket: 'hour' },
      span('2026-03-15T08:00Z', '2026-03-15T10:00Z'),
      2,
    ],
    [
      'as many days of the zone, across a change of its clocks',
      between('2026-03-29T22:00Z', '2026-03-31T22:00Z'),
      null,
      { timeZone: 'Europe/Budapest' },
      span('2026-03-27T23:00Z', '2026-03-29T22:00Z'),
      2,
    ],
  ] as const)('is %s', (_, range, asked, known, expected, count) => {
    expect(before(range as UsageRange, asked, known as Partial<RangeContext>)).toEqual([expected, count]);
  });

  it('does not exist before 1970', () => {
    expect(before(between('1970-01-05T00:00Z', '1970-01-10T00:00Z'))).toBe(null);
  });
});
