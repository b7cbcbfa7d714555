import { describe, expect, it } from 'vitest';
import { dayMs, hourMs } from './time-units.ts';
import { type KnownUsage, learnProfile } from './usage-profile.ts';

/** A Monday. */
const startMs = Date.UTC(2026, 8, 7);

function usage(days: number, quantityOf: (day: number, hour: number) => number, stepHours = 1): KnownUsage[] {
  return Array.from({ length: (days * 24) / stepHours }, (_, index) => {
    const atMs = startMs + index * stepHours * hourMs;
    const day = Math.floor((index * stepHours) / 24);
    const quantity = quantityOf(day, (index * stepHours) % 24);
    return { startMs: atMs, endMs: atMs + stepHours * hourMs, quantity };
  });
}
const learn = (known: KnownUsage[]) => learnProfile(known, known.at(-1)?.endMs ?? 0);
const shapeOn = (known: KnownUsage[], day: number, hour = 12) =>
  learn(known).shapeAt(startMs + day * dayMs + (hour + 0.5) * hourMs);

describe('a profile', () => {
  it('is flat for steady usage, at its level', () => {
    const profile = learn(usage(10, () => 6));
    expect(profile.levelPerHour).toBeCloseTo(6, 9);
    expect([0, 5, 6.5].map((days) => profile.shapeAt(startMs + days * dayMs))).toEqual([
      expect.closeTo(1, 9),
      expect.closeTo(1, 9),
      expect.closeTo(1, 9),
    ]);
  });

  it.each([
    ['an hour that is used', 10, 2],
    ['an hour that is not', 3, 0],
  ])('knows %s', (_, hour, factor) => {
    expect(
      shapeOn(
        usage(14, (_day, at) => (at % 2 === 0 ? 10 : 0)),
        8,
        hour,
      ),
    ).toBeCloseTo(factor, 0);
  });

  it('knows quiet weekends after four weeks, and half believes in them after one', () => {
    const quiet = (day: number) => (day % 7 >= 5 ? 2 : 10);
    const [four, one] = [28, 7].map(
      (days) => shapeOn(usage(days, quiet), 5) / shapeOn(usage(days, quiet), 1),
    );
    expect(four).toBeGreaterThan(0.2);
    expect(four).toBeLessThan(0.4);
    expect(one).toBeGreaterThan(0.35);
    expect(one).toBeLessThan(0.6);
  });

  it('does not take chance for a weekday: differences that do not come back are forgotten', () => {
    const chance = (day: number) => 10 + ((day * 37) % 11) - 5;
    const shapes = [0, 1, 2, 3, 4, 5, 6].map((day) => shapeOn(usage(28, chance), day));
    expect(Math.max(...shapes) - Math.min(...shapes)).toBeLessThan(0.3);
  });

  it('learns weekdays, not hours, from daily buckets', () => {
    const days = usage(28, (day) => (day % 7 >= 5 ? 48 : 240), 24);
    expect(shapeOn(days, 1, 3)).toBeCloseTo(shapeOn(days, 1, 15), 9);
    expect(shapeOn(days, 5)).toBeLessThan(shapeOn(days, 1) / 2);
  });

  it('believes the last days more than those before', () => {
    expect(learn(usage(20, (day) => (day < 10 ? 10 : 20))).levelPerHour).toBeGreaterThan(17);
  });

  it('is wider upwards where usage grew, and downwards where it fell', () => {
    const grown = learn(usage(28, (day) => 100 + 4 * day));
    const fallen = learn(usage(28, (day) => 300 - 4 * day));
    expect(grown.spreadOf(10, 'above')).toBeGreaterThan(1.5 * grown.spreadOf(10, 'below'));
    expect(fallen.spreadOf(10, 'below')).toBeGreaterThan(1.5 * fallen.spreadOf(10, 'above'));
  });

  it('is wider for more days, and for usage that strays', () => {
    const calm = learn(usage(14, () => 10));
    const wild = learn(usage(14, (day) => 10 + 8 * (((day * 29) % 13) / 13 - 0.5)));
    expect(calm.spreadOf(20, 'above')).toBeGreaterThan(calm.spreadOf(5, 'above'));
    expect(wild.spreadOf(5, 'above')).toBeGreaterThan(calm.spreadOf(5, 'above'));
  });

  it('is wider where a day resembles the one before: such days do not cancel out', () => {
    const lasting = learn(usage(28, (day) => (Math.floor(day / 4) % 2 === 0 ? 8 : 12)));
    const alternating = learn(usage(28, (day) => (day % 2 === 0 ? 8 : 12)));
    expect(lasting.spreadOf(1, 'below')).toBeGreaterThan(1.3 * alternating.spreadOf(1, 'below'));
  });

  it.each([
    ['nothing was used', usage(5, () => 0)],
    ['nothing is known', []],
  ])('expects nothing where %s', (_, known) => {
    const { levelPerHour, spreadOf } = learn(known);
    expect([levelPerHour, spreadOf(10, 'above')]).toEqual([0, 0]);
  });
});
