import type { Bucket, UsageRange } from '@meterboard/contract';
import { createMeterboardClient, MeterboardProvider, UsageChart } from '@meterboard/react';
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { startUsageWorld, type UsageWorld } from './usage-world.ts';

let world: UsageWorld | undefined;

afterEach(async () => {
  cleanup();
  await world?.close();
});

type Question = [meterCount: number, range: UsageRange, bucket: Bucket, timeZone: string, compare: boolean];

/** So many meters of 12 each, as a customer in a zone sees them; returns the line about the zone. */
async function show(...[count, range, bucket, timeZone, compare]: Question): Promise<string | null> {
  world = await startUsageWorld();
  const { meterboard } = world;
  const meters = Array.from({ length: count }, (_, index) => `meter_${index}`);
  for (const name of meters) {
    const meter = await world.meter(name);
    if (range.kind === 'period') await world.subscribe([await world.price(meter)]);
  }
  await world.advanceTo('2026-03-20T12:00:00Z');
  for (const name of meters) {
    await world.report(name, 5, '2026-03-18T20:00:00Z');
    await world.report(name, 7, '2026-03-19T03:00:00Z');
  }
  const client = createMeterboardClient({
    url: 'https://app.example/api/meterboard',
    // The document's signals are none of the runtime's, which its requests need.
    fetch: (input, init) => meterboard.handler(new Request(String(input), { ...init, signal: null })),
  });
  render(
    <MeterboardProvider client={client} timeZone={timeZone}>
      <UsageChart {...{ meters, range, bucket, compare }} forecast={compare} />
    </MeterboardProvider>,
  );
  return (await screen.findByText(/^Times in/, undefined, { timeout: 20_000 })).textContent;
}

describe('a chart of any range in any zone', () => {
  it.each<Question>([
    [4, { kind: 'period' }, 'day', 'Asia/Kolkata', true],
    [5, { kind: 'last', days: 90 }, 'day', 'Europe/Budapest', true],
  ])("is of the zone's own days: %d meters, %o by %s in %s, compared %s", async (...asked) => {
    expect(await show(...asked)).toBe(`Times in ${asked[3]}`);
    expect(screen.getAllByText('12')).toHaveLength(asked[0]);
  });

  it.each<Question>([
    [2, { kind: 'last', days: 90 }, 'day', 'Asia/Kolkata', true],
    [1, { kind: 'last', days: 7 }, 'hour', 'Asia/Kolkata', false],
    [2, { kind: 'last', days: 365 }, 'day', 'Europe/Budapest', true],
    [5, { kind: 'last', days: 365 }, 'day', 'Europe/Budapest', false],
    [1, { kind: 'last', days: 365 }, 'day', 'Asia/Kolkata', false],
  ])(
    'is shown in UTC where the zone has too many: %d meters, %o by %s in %s, compared %s',
    async (...asked) => {
      expect(await show(...asked)).toBe(`Times in UTC: this range is too long for ${asked[3]}.`);
      expect(screen.getAllByText('12')).toHaveLength(asked[0]);
    },
  );
});
