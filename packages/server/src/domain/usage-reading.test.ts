import type { Aggregation } from '@meterboard/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemoryGateway } from '../gateways/memory.ts';
import { createMemoryCustomer, type MemoryEvent } from '../gateways/memory-world.ts';
import { exampleMeter } from '../testing/example-world.ts';
import { assembleSeries } from './assemble-series.ts';
import { tileBuckets } from './buckets.ts';
import { addDecimals } from './decimal.ts';
import { planUsageWindows } from './plan-usage-windows.ts';
import { dayMs, hourMs, minuteMs } from './time-units.ts';

const at = (iso: string) => Date.parse(iso);
const nowMs = at('2026-03-15T12:34:56Z');

interface Question {
  start: string;
  end: string;
  unit: 'hour' | 'day' | 'week' | 'month';
  timeZone?: string;
  aggregation?: Aggregation;
  nowMs?: number;
}

function plan({ start, end, unit, timeZone = 'UTC', aggregation = 'sum', ...rest }: Question) {
  const buckets = tileBuckets({ startMs: at(start), endMs: at(end) }, unit, timeZone);
  return { buckets, windows: planUsageWindows(buckets, aggregation, rest.nowMs ?? nowMs) };
}

/** Plans, reads from a memory gateway, assembles. */
async function read(question: Question, events: [string, string][]) {
  const { aggregation = 'sum' } = question;
  const customer = createMemoryCustomer({
    events: events.map(([when, quantity]): MemoryEvent => ({ eventName: 'e', atMs: at(when), quantity })),
  });
  const gateway = createMemoryGateway({
    nowMs: () => nowMs,
    meters: [exampleMeter({ meterId: 'm', eventName: 'e', aggregation })],
    prices: [],
    customers: { c: customer },
  });
  const { buckets, windows } = plan(question);
  const readings = await Promise.all(
    windows.map(async (window) => ({
      window,
      rows: await gateway.listUsage({ meterId: 'm', customerId: 'c', window }),
    })),
  );
  return assembleSeries(buckets, readings, aggregation, question.nowMs ?? nowMs);
}

describe('planUsageWindows', () => {
  it('groups by UTC day where buckets are whole UTC days, 100 at most on fixed boundaries', () => {
    const { windows } = plan({ start: '2025-03-01T00:00Z', end: '2026-03-01T00:00Z', unit: 'day' });
    expect(windows.every(({ grouping }) => grouping === 'day')).toBe(true);
    expect(windows.every(({ startMs, endMs }) => endMs - startMs <= 100 * dayMs)).toBe(true);
    expect(windows.slice(1).every(({ startMs }) => startMs % (100 * dayMs) === 0)).toBe(true);
    expect(windows.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0)).toBe(365 * dayMs);
  });

  it('groups by hour where the zone is on whole hours', () => {
    const { windows } = plan({
      start: '2026-02-28T23:00Z',
      end: '2026-03-07T23:00Z',
      unit: 'day',
      timeZone: 'Europe/Budapest',
    });
    expect(new Set(windows.map(({ grouping }) => grouping))).toEqual(new Set(['hour']));
    expect(windows.every(({ startMs, endMs }) => endMs - startMs <= 100 * hourMs)).toBe(true);
  });

  it('asks once per bucket, ungrouped, where edges are not on UTC hours', () => {
    const { buckets, windows } = plan({
      start: '2026-03-01T18:30Z',
      end: '2026-03-04T18:30Z',
      unit: 'day',
      timeZone: 'Asia/Kolkata',
    });
    expect(windows).toEqual(buckets.map(({ startMs, endMs }) => ({ startMs, endMs, grouping: 'none' })));
  });

  it('reads only the cut-off edges of an odd period ungrouped', () => {
    const { windows } = plan({ start: '2026-02-01T10:07Z', end: '2026-03-01T10:07Z', unit: 'day' });
    const ungrouped = windows.filter(({ grouping }) => grouping === 'none');
    expect(ungrouped.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [at('2026-02-01T10:07Z'), at('2026-02-02T00:00Z')],
      [at('2026-03-01T00:00Z'), at('2026-03-01T10:07Z')],
    ]);
    expect(windows.filter(({ grouping }) => grouping === 'hour')).toEqual([]);
  });

  it('does not read the future: the unit that holds now is the last', () => {
    const { windows } = plan({ start: '2026-03-01T00:00Z', end: '2026-04-01T00:00Z', unit: 'day' });
    expect(windows.at(-1)?.endMs).toBe(at('2026-03-16T00:00Z'));
    expect(plan({ start: '2026-03-20T00:00Z', end: '2026-04-01T00:00Z', unit: 'day' }).windows).toEqual([]);
  });

  it.each([
    ['month', 'none', 13],
    ['week', 'none', 54],
    ['day', 'hour', 92],
  ] as const)(
    'reads a year by %s of another zone in the fewest calls: grouped by %s, %i',
    (unit, grouping, most) => {
      const year = { start: '2025-03-10T23:00Z', end: '2026-03-10T23:00Z', timeZone: 'Europe/Budapest' };
      const { windows } = plan({ ...year, unit });
      expect(new Set(windows.map((window) => window.grouping))).toEqual(new Set([grouping]));
      expect(windows.length).toBeLessThanOrEqual(most);
      const levels = plan({ ...year, unit, aggregation: 'last' }).windows;
      expect(levels.every((window) => window.grouping === 'hour')).toBe(true);
    },
  );

  it('refuses more than 100 readings of their own', () => {
    const question = { start: '2025-10-01T18:30Z', end: '2026-03-01T18:30Z', unit: 'day' } as const;
    expect(() => plan({ ...question, timeZone: 'Asia/Kolkata' })).toThrow(/at most 100 buckets/);
  });
});

describe('assembleSeries', () => {
  const week = { start: '2026-03-09T00:00Z', end: '2026-03-17T00:00Z', unit: 'day' } as const;

  it('F-series: shows days without events as zero, and days ahead as unknown', async () => {
    const { buckets, total } = await read(week, [
      ['2026-03-09T00:00:00Z', '0.1'],
      ['2026-03-10T23:59:59Z', '0.2'],
    ]);
    expect(buckets.map(({ quantity }) => quantity)).toEqual(['0.1', '0.2', '0', '0', '0', '0', '0', null]);
    expect(total).toBe('0.3');
  });

  it('runs sums on from the start of the range, and levels never', async () => {
    const events: [string, string][] = [
      ['2026-03-09T01:00:00Z', '0.1'],
      ['2026-03-10T23:59:59Z', '0.2'],
      ['2026-03-15T00:00:00Z', '-0.05'],
    ];
    const { buckets } = await read(week, events);
    expect(buckets.map(({ cumulative }) => cumulative)).toEqual([
      ...['0.1', '0.3', '0.3', '0.3', '0.3', '0.3', '0.25'],
      null,
    ]);
    const levels = await read({ ...week, aggregation: 'last' }, events);
    expect(levels.buckets.every(({ cumulative }) => cumulative === null)).toBe(true);
  });

  it('knows no sum after a gap', () => {
    const buckets = tileBuckets(
      { startMs: at('2026-03-09T10:07Z'), endMs: at('2026-03-12T00:00Z') },
      'day',
      'UTC',
    );
    const days = {
      startMs: at('2026-03-10T00:00Z'),
      endMs: at('2026-03-12T00:00Z'),
      grouping: 'day',
    } as const;
    const found = assembleSeries(buckets, [{ window: days, rows: [] }], 'sum', nowMs);
    expect(found.buckets.map(({ quantity, cumulative }) => [quantity, cumulative])).toEqual([
      [null, null],
      ['0', null],
      ['0', null],
    ]);
  });

  it('does not count the days that a forecast reads beside the hours of a bucket', () => {
    const [day] = tileBuckets(
      { startMs: at('2026-03-09T23:00Z'), endMs: at('2026-03-10T23:00Z') },
      'day',
      'Europe/Budapest',
    );
    const hour = { startMs: at('2026-03-10T00:00Z'), endMs: at('2026-03-10T01:00Z'), quantity: '4' };
    const utcDay = { startMs: at('2026-03-10T00:00Z'), endMs: at('2026-03-11T00:00Z'), quantity: '9' };
    if (!day) throw new Error('there is one day');
    const readings = [
      { window: { ...day, grouping: 'hour' as const }, rows: [hour] },
      { window: { startMs: utcDay.startMs, endMs: utcDay.endMs, grouping: 'day' as const }, rows: [utcDay] },
    ];
    expect(assembleSeries([day], readings, 'sum', nowMs).total).toBe('4');
  });

  it('S1-7: lets the host say for how long usage settles', () => {
    const [hour] = tileBuckets(
      { startMs: at('2026-03-15T11:00Z'), endMs: at('2026-03-15T12:00Z') },
      'hour',
      'UTC',
    );
    const flag = (settleAfterMs?: number) =>
      assembleSeries(hour ? [hour] : [], [], 'sum', nowMs, settleAfterMs).buckets[0]?.provisional;
    expect([flag(), flag(30 * minuteMs), flag(60 * minuteMs)]).toEqual([false, false, true]);
  });

  it('has the same months of another zone, whichever way they are read', async () => {
    const { buckets, total } = await read(
      { start: '2025-10-31T23:00Z', end: '2026-03-31T22:00Z', unit: 'month', timeZone: 'Europe/Budapest' },
      [
        ['2025-11-30T22:59:59Z', '1'],
        ['2025-11-30T23:00:00Z', '10'],
        ['2026-03-15T12:34:56Z', '0.5'],
      ],
    );
    expect(buckets.map(({ quantity }) => quantity)).toEqual(['1', '10', '0', '0', '0.5']);
    expect([total, buckets.at(-1)?.provisional]).toEqual(['11.5', true]);
  });

  it('counts an event at the start and leaves out one at the end', async () => {
    const day = { start: '2026-03-09T00:00Z', end: '2026-03-10T00:00Z', unit: 'day' } as const;
    const { total } = await read(day, [
      ['2026-03-09T00:00:00Z', '1'],
      ['2026-03-10T00:00:00Z', '10'],
    ]);
    expect(total).toBe('1');
  });

  it('counts an event of this very second', async () => {
    const { total } = await read({ ...week, nowMs: at('2026-03-15T00:00Z') }, [
      ['2026-03-15T00:00:00Z', '4'],
    ]);
    expect(total).toBe('4');
  });

  it('calls the bucket of now and those younger than ten minutes provisional', async () => {
    const hours = { start: '2026-03-15T10:00Z', end: '2026-03-15T14:00Z', unit: 'hour' } as const;
    const flags = async (nowIso: string) =>
      (await read({ ...hours, nowMs: at(nowIso) }, [])).buckets.map(({ provisional }) => provisional);
    expect(await flags('2026-03-15T12:09Z')).toEqual([false, true, true, false]);
    expect(await flags('2026-03-15T12:10Z')).toEqual([false, false, true, false]);
  });

  it('never adds levels: a day has its last one, or carries the one before', async () => {
    const { buckets, total } = await read({ ...week, aggregation: 'last' }, [
      ['2026-03-10T01:00:00Z', '15'],
      ['2026-03-10T02:00:00Z', '30'],
      ['2026-03-10T03:00:00Z', '10'],
      ['2026-03-12T00:00:00Z', '0'],
    ]);
    expect(buckets.map(({ quantity }) => quantity)).toEqual([null, '10', '10', '0', '0', '0', '0', null]);
    expect(buckets.map(({ carriedForward }) => carriedForward)).toEqual([
      false,
      false,
      true,
      false,
      true,
      true,
      true,
      false,
    ]);
    expect(total).toBe('0');
  });

  it('does not take the zero of an ungrouped reading without events for a level of zero', async () => {
    const period = { start: '2026-03-09T10:07Z', end: '2026-03-12T10:07Z', unit: 'day' } as const;
    const levels = async (events: [string, string][]) =>
      (await read({ ...period, aggregation: 'last' }, events)).buckets.map(({ quantity }) => quantity);
    expect(await levels([['2026-03-11T12:00:00Z', '5']])).toEqual([null, null, '5', '5']);
    expect(await levels([['2026-03-09T12:00:00Z', '0']])).toEqual(['0', '0', '0', '0']);
    expect(await levels([['2026-03-09T10:03:00Z', '7']]), 'an event just before').toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  it('carries no level past a bucket whose own cannot be told', async () => {
    const { buckets, total } = await read(
      {
        start: '2026-03-09T10:00Z',
        end: '2026-03-13T10:07Z',
        unit: 'day',
        timeZone: 'Asia/Kolkata',
        aggregation: 'last',
      },
      [
        ['2026-03-09T12:00:00Z', '5'],
        ['2026-03-10T18:45:00Z', '0'],
      ],
    );
    expect(buckets.map(({ quantity }) => quantity)).toEqual(['5', null, null, null, null]);
    expect(total).toBe(null);
  });

  it('F-total: adds up to the ungrouped total in every zone', async () => {
    const spanMs = { startMs: at('2026-02-20T07:13Z'), endMs: at('2026-03-12T19:41Z') };
    const event = fc.record({
      atMs: fc.integer({ min: spanMs.startMs - 100 * minuteMs, max: spanMs.endMs + 100 * minuteMs }),
      cents: fc.integer({ min: -500, max: 100_000 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('UTC', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Asia/Kathmandu'),
        fc.constantFrom('day', 'week', 'month'),
        fc.array(event, { maxLength: 30 }),
        async (timeZone, unit, events) => {
          const list = events.map(({ atMs, cents }): [string, string] => [
            new Date(atMs).toISOString(),
            (cents / 100).toFixed(2),
          ]);
          const inside = list.filter(([when]) => at(when) >= spanMs.startMs && at(when) < spanMs.endMs);
          const { total } = await read(
            {
              start: new Date(spanMs.startMs).toISOString(),
              end: new Date(spanMs.endMs).toISOString(),
              unit: unit as 'day',
              timeZone,
            },
            list,
          );
          expect(total).toBe(addDecimals(inside.map(([, quantity]) => quantity)));
        },
      ),
      { numRuns: 60 },
    );
  });
});
