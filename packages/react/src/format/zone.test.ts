import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, dayIn, recentMonths, startOfDay } from './zone.ts';

const zones = [
  'UTC',
  'Europe/Budapest',
  'America/New_York',
  'Asia/Kathmandu',
  'Africa/Cairo',
  'Pacific/Apia',
];

describe('startOfDay', () => {
  it.each([
    ['2026-11-26', 'UTC', '2026-11-26T00:00:00.000Z'],
    ['2026-11-26', 'Europe/Budapest', '2026-11-25T23:00:00.000Z'],
    ['2026-03-08', 'America/New_York', '2026-03-08T05:00:00.000Z'],
    ['2026-03-09', 'America/New_York', '2026-03-09T04:00:00.000Z'],
    ['2026-11-26', 'Asia/Kathmandu', '2026-11-25T18:15:00.000Z'],
    // Clocks go from 00:00 to 01:00.
    ['2026-04-24', 'Africa/Cairo', '2026-04-23T22:00:00.000Z'],
  ])('of %s in %s is %s', (day, timeZone, iso) => {
    expect(new Date(startOfDay(day, timeZone)).toISOString()).toBe(iso);
  });

  it('comes back as the same day', () => {
    const day = fc.integer({ min: 0, max: 20_000 }).map((days) => addDays('2000-01-01', days));
    fc.assert(
      fc.property(day, fc.constantFrom(...zones), (one, timeZone) => {
        // Samoa had no 30 December 2011.
        fc.pre(!(timeZone === 'Pacific/Apia' && one === '2011-12-30'));
        const startMs = startOfDay(one, timeZone);
        expect(dayIn(startMs, timeZone)).toBe(one);
        expect(dayIn(startMs - 1, timeZone) < one).toBe(true);
      }),
    );
  });

  it.each(['', '2026-13-45', '26-1-1', 'tomorrow'])('is not a number for %j', (text) => {
    expect(startOfDay(text, 'UTC')).toBeNaN();
  });
});

describe('recentMonths', () => {
  it('counts back from the present month of the zone', () => {
    const nowMs = Date.UTC(2026, 11, 31, 23, 30);
    expect(recentMonths(nowMs, 'UTC', 3)).toEqual(['2026-12', '2026-11', '2026-10']);
    expect(recentMonths(nowMs, 'Europe/Budapest', 2)).toEqual(['2027-01', '2026-12']);
  });
});
