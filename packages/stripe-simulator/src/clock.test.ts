import { describe, expect, it } from 'vitest';
import { createClock } from './clock.ts';

describe('clock', () => {
  it('stands still when frozen and moves only by skipping', () => {
    let realMs = 5_000;
    const clock = createClock({ startMs: 1_000, frozen: true, realNowMs: () => realMs });
    realMs += 60_000;
    expect(clock.nowMs()).toBe(1_000);
    clock.skip(250);
    expect(clock.nowMs()).toBe(1_250);
  });

  it('ticks with real time when live, on top of what was skipped', () => {
    let realMs = 5_000;
    const clock = createClock({ startMs: 1_000, frozen: false, realNowMs: () => realMs });
    realMs += 40;
    clock.skip(1_000);
    expect(clock.nowMs()).toBe(2_040);
  });

  it('never runs backwards, even if real time does', () => {
    let realMs = 5_000;
    const clock = createClock({ startMs: 0, frozen: false, realNowMs: () => realMs });
    realMs += 100;
    expect(clock.nowMs()).toBe(100);
    realMs -= 90;
    expect(clock.nowMs()).toBe(100);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses to skip %s', (ms) => {
    expect(() => createClock({ startMs: 0, frozen: true }).skip(ms)).toThrow('only moves forward');
  });
});
