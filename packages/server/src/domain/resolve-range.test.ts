import { BillingError, type UsageRange } from '@meterboard/contract';
import { describe, expect, it } from 'vitest';
import { assertRangeAllowed, type RangeContext, resolveRange } from './resolve-range.ts';

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
    const [a, b] = [first, second].map((period) => resolveRange({ kind: 'period' }, period, context()).range);
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
