import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIds } from '../ids.ts';
import { createWorld } from '../world.ts';
import { aggregate, recordUsage, usageBetween } from './usage.ts';

const newWorld = () => createWorld({ startMs: 0, ids: createIds('') });
const none = { eventTimeWindow: null };
const meter = { id: 'm', ...none };

describe('usage ledger', () => {
  it('answers any range as a scan would, whatever the order of receipt', () => {
    const events = fc.array(
      fc.record({ at: fc.integer({ min: 0, max: 30 }), value: fc.integer({ min: -5, max: 9 }) }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(
        events,
        fc.integer({ min: 0, max: 30 }),
        fc.integer({ min: 0, max: 31 }),
        (sent, start, end) => {
          const world = newWorld();
          for (const { at, value } of sent) recordUsage(world, 'm', 'c', at, value);
          recordUsage(world, 'm', 'other', start, 1_000);
          recordUsage(world, 'other', 'c', start, 1_000);
          const scan = sent
            .map((event, receipt) => ({ ...event, receipt }))
            .filter(({ at }) => at >= start && at < end)
            .sort((a, b) => a.at - b.at || a.receipt - b.receipt);
          const found = usageBetween(world, meter, 'c', start, end);
          expect(found.map(({ timestampSec, value }) => [timestampSec, value])).toEqual(
            scan.map(({ at, value }) => [at, value]),
          );
          const folded = (formula: 'sum' | 'count' | 'last') =>
            aggregate(found, { formula, ...none }).toNumber();
          expect(folded('sum')).toBe(scan.reduce((sum, { value }) => sum + value, 0));
          expect(folded('count')).toBe(scan.length);
          expect(folded('last')).toBe(scan.at(-1)?.value ?? 0);
        },
      ),
    );
  });

  it('breaks ties of time by receipt', () => {
    const world = newWorld();
    for (const value of [7, 3, 5]) recordUsage(world, 'm', 'c', 100, value);
    recordUsage(world, 'm', 'c', 99, 50);
    expect(aggregate(usageBetween(world, meter, 'c', 0, 101), { formula: 'last', ...none }).toString()).toBe(
      '5',
    );
  });

  it('adds decimals and huge numbers exactly', () => {
    const world = newWorld();
    for (const value of ['0.1', '0.2', Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER])
      recordUsage(world, 'm', 'c', 1, value);
    expect(aggregate(usageBetween(world, meter, 'c', 0, 9), { formula: 'sum', ...none }).toFixed()).toBe(
      '18014398509481982.3',
    );
  });

  it('keeps, inside a window of a pre-aggregated meter, the value received last', () => {
    const world = newWorld();
    recordUsage(world, 'm', 'c', 3_500, 10);
    recordUsage(world, 'm', 'c', 10, 4);
    recordUsage(world, 'm', 'c', 3_600, 1);
    const hourly = { id: 'm', formula: 'sum', eventTimeWindow: 'hour' } as const;
    expect(aggregate(usageBetween(world, hourly, 'c', 0, 7_200), hourly).toNumber()).toBe(5);
    const plain = { ...hourly, eventTimeWindow: null };
    expect(aggregate(usageBetween(world, plain, 'c', 0, 7_200), plain).toNumber()).toBe(15);
  });

  it('counts nothing that was overwritten, also where a range ends inside a window', () => {
    const world = newWorld();
    recordUsage(world, 'm', 'c', 54_000, 20);
    recordUsage(world, 'm', 'c', 3_600, 10);
    recordUsage(world, 'm', 'c', 90_000, 3);
    recordUsage(world, 'm', 'c', 140_000, 4);
    const daily = { id: 'm', eventTimeWindow: 'day' } as const;
    const values = (startSec: number, endSec: number) =>
      usageBetween(world, daily, 'c', startSec, endSec).map(({ value }) => value);
    expect(values(0, 172_800)).toEqual([10, 4]);
    expect([values(0, 43_200), values(43_200, 129_600), values(129_600, 172_800)]).toEqual([[10], [], [4]]);
  });
});
