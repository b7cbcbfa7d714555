import type { UsageRange } from '@meterboard/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bucketsFor,
  type ExplorerState,
  fitted,
  initialState,
  readState,
  writeState,
} from './explorer-state.ts';
import { exportLink } from './export-link.ts';

const range: fc.Arbitrary<UsageRange> = fc.oneof(
  fc.constantFrom<UsageRange>({ kind: 'period' }, { kind: 'previous_period' }),
  fc.integer({ min: 1, max: 400 }).map((days): UsageRange => ({ kind: 'last', days })),
  fc.constantFrom('2026-01', '2025-12').map((month): UsageRange => ({ kind: 'month', month })),
  fc
    .tuple(fc.integer({ min: 0, max: 2e12 }), fc.integer({ min: 1, max: 400 }))
    .map(([startMs, days]): UsageRange => ({ kind: 'between', startMs, endMs: startMs + days * 86_400_000 })),
);

const state: fc.Arbitrary<ExplorerState> = fc
  .record({
    meters: fc.option(
      fc.uniqueArray(
        fc.string({ minLength: 1, maxLength: 20 }).filter((name) => /^.+$/.test(name)),
        {
          minLength: 1,
          maxLength: 20,
        },
      ),
    ),
    range,
    bucket: fc.constantFrom('hour', 'day', 'week', 'month'),
    shape: fc.constantFrom('area', 'line', 'bar'),
    cumulative: fc.boolean(),
    compare: fc.boolean(),
    forecast: fc.boolean(),
    table: fc.boolean(),
  })
  .map((one) => fitted(one as ExplorerState));

describe('a choice in a URL', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(state, (one) => {
        expect(readState(writeState(one, ''))).toEqual(one);
      }),
    );
  });

  it('leaves parameters of others alone, and nothing of its own where all is as usual', () => {
    expect(writeState(initialState, '?tab=usage&mb-range=last.7')).toBe('tab=usage');
    expect(writeState({ ...initialState, compare: false }, 'tab=usage')).toBe('tab=usage&mb-compare=0');
  });

  it.each([
    'mb-range=last.0',
    'mb-range=last.401',
    'mb-range=last.1e1',
    'mb-range=between.5.5',
    'mb-range=between.9.1',
    'mb-range=between.0.99999999999999999999',
    'mb-range=month.2026-13',
    'mb-range=year',
    'mb-bucket=minute&mb-shape=pie&mb-compare=maybe&mb-table=',
    'mb-meter=',
    '%%%=&mb-range',
  ])('is as usual where it makes no sense: %s', (query) => {
    expect(readState(query)).toEqual(initialState);
  });

  it('falls back to days where hours would be too many', () => {
    expect(readState('mb-range=last.90&mb-bucket=hour').bucket).toBe('day');
  });

  it('keeps months of a billing period, which may be a year, and offers what its length allows', () => {
    expect(readState('mb-bucket=month')).toEqual({ ...initialState, bucket: 'month' });
    expect(bucketsFor({ kind: 'period' }, 31)).toEqual(['hour', 'day', 'week']);
    expect(bucketsFor({ kind: 'previous_period' }, 365)).toEqual(['day', 'week', 'month']);
    expect(fitted({ ...initialState, bucket: 'month' }, 30).bucket).toBe('day');
  });

  it('never throws, whatever stands there', () => {
    fc.assert(
      fc.property(fc.string(), (query) => {
        expect(bucketsFor(readState(query).range)).toContain(readState(query).bucket);
      }),
    );
  });
});

describe('exportLink', () => {
  it('asks for what is on the screen', () => {
    const shown: ExplorerState = {
      ...initialState,
      meters: ['api_requests', 'tokens used'],
      range: { kind: 'last', days: 30 },
      cumulative: true,
    };
    const { pathname, searchParams } = new URL(
      exportLink('https://a.example/export/', shown, 'Europe/Budapest', 'json'),
    );
    expect(pathname).toBe('/export/usage.json');
    expect([...searchParams]).toEqual([
      ['meters', 'api_requests'],
      ['meters', 'tokens used'],
      ['range', 'last'],
      ['days', '30'],
      ['bucket', 'day'],
      ['timeZone', 'Europe/Budapest'],
      ['compare', 'true'],
      ['cumulative', 'true'],
    ]);
  });

  it('names the edges of a free range, and a month', () => {
    const link = (one: UsageRange) => exportLink('/e', { ...initialState, range: one }, 'UTC');
    expect(link({ kind: 'between', startMs: 1, endMs: 2 })).toContain('range=between&startMs=1&endMs=2');
    expect(link({ kind: 'month', month: '2026-11' })).toContain('range=month&month=2026-11');
  });
});
