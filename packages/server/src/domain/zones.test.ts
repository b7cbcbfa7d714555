import type { Bucket } from '@meterboard/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemoryGateway } from '../gateways/memory.ts';
import { createMemoryCustomer } from '../gateways/memory-world.ts';
import { exampleMeter } from '../testing/example-world.ts';
import { assembleSeries } from './assemble-series.ts';
import { startOfBucket, tileBuckets } from './buckets.ts';
import { addDecimals } from './decimal.ts';
import { planUsageWindows } from './plan-usage-windows.ts';
import { dayMs, hourMs, minuteMs } from './time-units.ts';

/** Forty zones: both hemispheres, offsets of whole, half and quarter hours, half-hour clock changes, skipped days. */
const zones = [
  ...['UTC', 'Europe/Budapest', 'Europe/London', 'Europe/Dublin', 'Europe/Lisbon', 'Europe/Moscow'],
  ...['Europe/Istanbul', 'Europe/Chisinau', 'Atlantic/Azores', 'Atlantic/Reykjavik', 'America/New_York'],
  ...['America/Chicago', 'America/Denver', 'America/Phoenix', 'America/Los_Angeles', 'America/Anchorage'],
  ...['America/Halifax', 'America/St_Johns', 'America/Havana', 'America/Mexico_City', 'America/Sao_Paulo'],
  ...['America/Santiago', 'America/Asuncion', 'America/Caracas', 'America/Nuuk', 'Africa/Cairo'],
  ...['Africa/Casablanca', 'Africa/Johannesburg', 'Asia/Beirut', 'Asia/Gaza', 'Asia/Tehran', 'Asia/Kolkata'],
  ...['Asia/Kathmandu', 'Asia/Pyongyang', 'Asia/Tokyo', 'Australia/Lord_Howe', 'Australia/Adelaide'],
  ...['Pacific/Chatham', 'Pacific/Apia', 'Pacific/Kiritimati'],
];
const units = ['hour', 'day', 'week', 'month'] as const;
const firstMs = Date.UTC(2000, 0, 1);
const endMs = Date.UTC(2041, 0, 1);

/** The instants at which a zone's clocks change, found without the kit: by Intl, day by day and then by halves. */
function clockChanges(timeZone: string): number[] {
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset', hour: 'numeric' });
  const offsetAt = (atMs: number) =>
    format.formatToParts(atMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const changes: number[] = [];
  for (let atMs = firstMs; atMs < endMs; atMs += 7 * dayMs) {
    let [low, high] = [atMs, atMs + 7 * dayMs];
    if (offsetAt(low) === offsetAt(high)) continue;
    while (high - low > 1_000) {
      const middle = low + Math.floor((high - low) / 2_000) * 1_000;
      if (offsetAt(middle) === offsetAt(low)) low = middle;
      else high = middle;
    }
    changes.push(high);
  }
  return changes;
}

/** The wall clock at an instant, by Intl. */
function wallClock(timeZone: string): (atMs: number) => { date: string; weekday: string; minute: string } {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    weekday: 'short',
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
  });
  return (atMs) => {
    const parts = Object.fromEntries(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
    const { year, month, day, weekday = '', minute = '' } = parts;
    return { date: `${year}-${month}-${day}`, weekday, minute };
  };
}

/** Holds buckets against their promises and the wall clock; answers how many there were. */
function expectTiled(timeZone: string, unit: Bucket, span: { startMs: number; endMs: number }): number {
  const read = wallClock(timeZone);
  const buckets = tileBuckets(span, unit, timeZone);
  const where = `${timeZone} by ${unit} from ${new Date(span.startMs).toISOString()}`;
  let nextMs = span.startMs;
  for (const bucket of buckets) {
    const shown = `${where}: ${new Date(bucket.startMs).toISOString()}`;
    if (bucket.startMs !== nextMs || bucket.endMs <= bucket.startMs)
      expect.fail(`${shown} leaves a gap or overlaps`);
    nextMs = bucket.endMs;
    if (bucket.partial) continue;
    const [first, before, last] = [read(bucket.startMs), read(bucket.startMs - 1), read(bucket.endMs - 1)];
    if (unit === 'hour') {
      const isHour = bucket.endMs - bucket.startMs >= hourMs && bucket.endMs - bucket.startMs < 2 * hourMs;
      if (first.minute !== '00' || !isHour) expect.fail(`${shown} is no hour`);
    } else {
      const isBoundary = before.date < first.date && (unit !== 'week' || first.weekday === 'Mon');
      const isWhole =
        unit !== 'month' || (first.date.endsWith('-01') && first.date.slice(0, 7) === last.date.slice(0, 7));
      const isDay = unit !== 'day' || first.date === last.date;
      if (!isBoundary || !isWhole || !isDay) expect.fail(`${shown} is no ${unit}`);
    }
  }
  if (nextMs !== span.endMs) expect.fail(`${where} ends early`);
  return buckets.length;
}

describe('R13: buckets of forty zones from 2000 to 2040', () => {
  it('are of forty zones', () => {
    expect(new Set(zones).size).toBe(40);
  });

  it.each(zones)('tile exactly around each change of the clocks of %s', (timeZone) => {
    for (const atMs of clockChanges(timeZone)) {
      for (const unit of units) {
        const reach = { hour: dayMs, day: 4 * dayMs, week: 9 * dayMs, month: 40 * dayMs }[unit];
        const span = { startMs: atMs - reach - 17 * minuteMs, endMs: atMs + reach + 23 * minuteMs };
        expect(expectTiled(timeZone, unit, span)).toBeGreaterThan(2);
      }
    }
  });

  it.each(zones)(
    'tile all the years of %s by day, week and month',
    (timeZone) => {
      for (const unit of ['day', 'week', 'month'] as const)
        expectTiled(timeZone, unit, { startMs: startOfBucket(firstMs, unit, timeZone), endMs });
    },
    300_000,
  );

  it('add up to the total of what lies in them, whatever the zone, year and unit', async () => {
    const event = fc.record({
      at: fc.double({ min: -0.1, max: 1.1, noNaN: true }),
      thousandths: fc.integer({ min: -9_999, max: 999_999 }),
    });
    const lengths = { hour: 3, day: 25, week: 90, month: 300 };
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...zones),
        fc.constantFrom(...units),
        fc.integer({ min: firstMs / minuteMs, max: endMs / minuteMs }),
        fc.array(event, { maxLength: 20 }),
        async (timeZone, unit, startMinute, drawn) => {
          const startMs = startMinute * minuteMs;
          const span = { startMs, endMs: startMs + lengths[unit] * dayMs };
          const nowMs = span.endMs + dayMs;
          const events = drawn.map(({ at, thousandths }) => ({
            eventName: 'e',
            atMs: startMs + Math.round(at * (span.endMs - startMs)),
            quantity: (thousandths / 1_000).toFixed(3),
          }));
          const inside = events.filter(({ atMs }) => atMs >= span.startMs && atMs < span.endMs);
          const gateway = createMemoryGateway({
            nowMs: () => nowMs,
            meters: [exampleMeter({ meterId: 'm', eventName: 'e' })],
            prices: [],
            customers: { c: createMemoryCustomer({ events }) },
          });
          const buckets = tileBuckets(span, unit, timeZone);
          const readings = await Promise.all(
            planUsageWindows(buckets, 'sum', nowMs).map(async (window) => ({
              window,
              rows: await gateway.listUsage({ meterId: 'm', customerId: 'c', window }),
            })),
          );
          const { total, buckets: filled } = assembleSeries(buckets, readings, 'sum', nowMs);
          expect(total).toBe(addDecimals(inside.map(({ quantity }) => quantity)));
          expect(filled.at(-1)?.cumulative).toBe(total);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
