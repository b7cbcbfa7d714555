import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BurnPoint,
  burnAlong,
  findCrossing,
  findRunway,
  type RunwayCredit,
  steadyBurn,
  suggestPackage,
  toBurnPath,
} from './crossing.ts';
import { nextTier } from './pricing.ts';
import { dayMs } from './time-units.ts';

const nowMs = Date.UTC(2026, 8, 7, 12);
const inDays = (days: number) => nowMs + days * dayMs;
const point = (days: number, expected: number, low = expected, high = expected): BurnPoint => ({
  atMs: inDays(days),
  expected,
  low,
  high,
});
const credit = (remainingMinor: number, usableDays: number | null = null): RunwayCredit => ({
  remainingMinor,
  usableUntilMs: usableDays === null ? null : inDays(usableDays),
});

describe('when an amount is reached', () => {
  const path = [point(0, 100), point(10, 200, 150, 300), point(20, 300, 200, 500)];

  it.each([
    ['already', 100, { kind: 'already' }],
    [
      'between points',
      150,
      { kind: 'crosses', atMs: inDays(5), earliestMs: inDays(2.5), latestMs: inDays(10) },
    ],
    ['at a point', 200, { kind: 'crosses', atMs: inDays(10), earliestMs: inDays(5), latestMs: inDays(20) }],
    [
      'with an end that is open',
      300,
      { kind: 'crosses', atMs: inDays(20), earliestMs: inDays(10), latestMs: null },
    ],
    ['perhaps', 400, { kind: 'not_on_path', earliestMs: inDays(15) }],
    ['not in this period', 501, { kind: 'not_on_path', earliestMs: null }],
  ])('%s', (_, amount, expected) => {
    expect(findCrossing(path, amount)).toEqual(expected);
  });

  it.each([
    [
      'at the first point it is not',
      100,
      { kind: 'crosses', atMs: nowMs, earliestMs: nowMs, latestMs: nowMs },
    ],
    ['at the end of the path it never is', 300, { kind: 'not_on_path', earliestMs: inDays(10) }],
    ['not by its fast end either', 500, { kind: 'not_on_path', earliestMs: null }],
  ])('where an amount has to be exceeded, %s', (_, amount, expected) => {
    expect(findCrossing(path, amount, 'exceeded')).toEqual(expected);
  });

  it('is never, on no path', () => {
    expect(findCrossing([], 1)).toEqual({ kind: 'not_on_path', earliestMs: null });
  });

  it('finds the next price tier on the path of a forecast', () => {
    const price = {
      tiers: [
        { upTo: '1000', unitAmountMinor: '0', flatAmountMinor: '0' },
        { upTo: null, unitAmountMinor: '0.8', flatAmountMinor: '0' },
      ],
      tiersMode: 'graduated' as const,
      unitAmountMinor: null,
      transformQuantity: null,
    };
    const forecast = toBurnPath([
      { atMs: nowMs, expected: '400', low: '400', high: '400' },
      { atMs: inDays(12), expected: '1200.0', low: '1000', high: '2000' },
    ]);
    const bound = Number(nextTier(price, '400')?.aboveQuantity);
    expect(findCrossing(forecast, bound)).toEqual({
      kind: 'crosses',
      atMs: inDays(9),
      earliestMs: inDays(4.5),
      latestMs: inDays(12),
    });
  });

  it('a higher amount is never reached earlier, and the band holds the date', () => {
    const steps = fc.array(fc.tuple(fc.nat(50), fc.nat(50), fc.nat(50)), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 900 }), fc.nat(100), (given, amount, more) => {
        const sums = { expected: 0, low: 0, high: 0 };
        const rising = given.map(([low, middle, high], days) => {
          sums.low += low;
          sums.expected += low + middle;
          sums.high += low + middle + high;
          return point(days, sums.expected, sums.low, sums.high);
        });
        const [first, second] = [findCrossing(rising, amount), findCrossing(rising, amount + more)];
        if (first.kind === 'crosses') {
          expect(first.earliestMs).toBeLessThanOrEqual(first.atMs);
          expect(first.latestMs ?? first.atMs).toBeGreaterThanOrEqual(first.atMs);
          if (second.kind === 'crosses') expect(second.atMs).toBeGreaterThanOrEqual(first.atMs);
          expect(second.kind).not.toBe('already');
        }
        if (first.kind === 'not_on_path') expect(second.kind).toBe('not_on_path');
      }),
    );
  });
});

describe('how long credits last', () => {
  it('S2-19: at a steady burn of 10 a day, 35 last for 3.5 days', () => {
    const atMs = inDays(3.5);
    expect(findRunway([credit(35)], steadyBurn(nowMs, 10), nowMs)).toEqual({
      kind: 'runs_out',
      atMs,
      earliestMs: atMs,
      latestMs: atMs,
    });
  });

  it.each([
    ['none', [], { kind: 'empty' }],
    ['only used or ended ones', [credit(0), credit(50, 0)], { kind: 'empty' }],
    ['several add up', [credit(20), credit(15)], 3.5],
    ['the rest of a grant is lost at its last usable period end', [credit(100, 2), credit(30)], 5],
    ['in the order given, not by expiry', [credit(15), credit(100, 2)], 2],
    ['an end that comes before that of an earlier one', [credit(15, 4), credit(100, 2), credit(30)], 5],
    ['what ended before now does not count', [credit(50, -1), credit(30)], 3],
    ['used up before its end, it loses nothing', [credit(15, 2), credit(30)], 4.5],
    ['all end before they are used', [credit(500, 3), credit(500, 4)], 4],
    ['more than a year', [credit(3_651)], { kind: 'more_than_a_year', earliestMs: null }],
    ['a year', [credit(3_650)], 365],
  ] as const)('%s', (_, credits, expected) => {
    const runway = findRunway(credits, steadyBurn(nowMs, 10), nowMs);
    if (typeof expected !== 'number') expect(runway).toEqual(expected);
    else expect(runway).toMatchObject({ kind: 'runs_out', atMs: inDays(expected) });
  });

  it('without any burn, credits last until they end', () => {
    expect(findRunway([credit(10)], steadyBurn(nowMs, 0), nowMs)).toMatchObject({ kind: 'more_than_a_year' });
    expect(findRunway([credit(10, 9)], steadyBurn(nowMs, 0), nowMs)).toMatchObject({ atMs: inDays(9) });
  });

  it('follows the path of a forecast, then its average day, with the band', () => {
    const burn = burnAlong([point(0, 500), point(10, 600, 550, 700)]);
    if (burn === null) throw new Error('This path has a pace.');
    expect(burn.perDay).toEqual({ expected: 10, low: 5, high: 20 });
    expect(findRunway([credit(150)], burn, nowMs)).toEqual({
      kind: 'runs_out',
      atMs: inDays(15),
      earliestMs: inDays(7.5),
      latestMs: inDays(30),
    });
    expect(findRunway([credit(2_000)], burn, nowMs)).toMatchObject({ atMs: inDays(200), latestMs: null });
    expect(findRunway([credit(4_000)], burn, nowMs)).toEqual({
      kind: 'more_than_a_year',
      earliestMs: inDays(200),
    });
  });

  it('keeps the expectation inside the band where the path begins with a band of its own', () => {
    const burn = burnAlong([point(0, 50, 0, 90), point(10, 150, 140, 160)]);
    expect(burn?.perDay).toEqual({ expected: 10, low: 10, high: 10 });
  });

  it('cannot tell a pace from a path of no length', () => {
    expect([burnAlong([]), burnAlong([point(0, 5)]), burnAlong([point(0, 5), point(0.01, 6)])]).toEqual([
      null,
      null,
      null,
    ]);
  });

  it('more credit never ends earlier, and never later than its amount divided by the pace', () => {
    const grants = fc.array(
      fc.record({ minor: fc.nat(2_000), days: fc.option(fc.integer({ min: 1, max: 60 })) }),
      {
        minLength: 1,
        maxLength: 6,
      },
    );
    fc.assert(
      fc.property(grants, fc.integer({ min: 20, max: 200 }), fc.nat(500), (given, pace, more) => {
        const credits = given.map(({ minor, days }) => credit(minor, days));
        const dateOf = (some: RunwayCredit[]) => {
          const runway = findRunway(some, steadyBurn(nowMs, pace), nowMs);
          return runway.kind === 'runs_out'
            ? runway.atMs
            : runway.kind === 'empty'
              ? nowMs
              : Number.POSITIVE_INFINITY;
        };
        const sum = given.reduce((total, { minor }) => total + minor, 0);
        expect(dateOf(credits)).toBeLessThanOrEqual(Math.ceil(inDays(sum / pace)));
        expect(dateOf([...credits, credit(more)])).toBeGreaterThanOrEqual(dateOf(credits));
      }),
    );
  });
});

describe('the package to suggest', () => {
  const packages = [1_000, 100, 300].map((creditMinor) => ({ packageId: `p${creditMinor}`, creditMinor }));

  it.each([
    ['10 a day', 10, { packageId: 'p300', lasts: true }],
    ['a little less', 9.9, { packageId: 'p300', lasts: true }],
    ['as good as 10 a day', 10.000000001, { packageId: 'p300', lasts: true }],
    ['a little more', 10.1, { packageId: 'p1000', lasts: true }],
    ['nothing', 0, { packageId: 'p100', lasts: true }],
    ['more than any package', 34, { packageId: 'p1000', lasts: false }],
  ])('S2-19: is the smallest that lasts 30 days, at %s', (_, perDay, expected) => {
    expect(suggestPackage(packages, perDay)).toEqual(expected);
  });

  it('is none where nothing is for sale', () => {
    expect(suggestPackage([], 10)).toBe(null);
  });
});
