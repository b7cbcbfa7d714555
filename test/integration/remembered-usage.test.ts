import { afterEach, beforeEach, expect, it } from 'vitest';
import { at, startUsageWorld, type UsageWorld } from './usage-world.ts';

let world: UsageWorld;
beforeEach(async () => {
  world = await startUsageWorld({ cache: {} });
});
afterEach(() => world.close());

it('an hour that was read just now has its figure, though the days before it were read minutes ago', async () => {
  await world.meter('units');
  const ask = () =>
    world.kit.usage.series.query({ range: { kind: 'last', days: 3 }, bucket: 'hour', timeZone: 'UTC' });
  await world.advanceTo('2026-03-22T11:57:00Z');
  await ask();
  await world.advanceTo('2026-03-22T12:04:00Z');
  await world.report('units', 9);
  const found = await ask();
  const [series] = found.series;
  const hour = series?.buckets.find(({ startMs }) => startMs === at('2026-03-22T12:00:00Z'));
  expect([series?.total, hour?.quantity]).toEqual(['9', '9']);
  // The answer is still as old as its oldest figure.
  expect(found.asOfMs).toBe(at('2026-03-22T11:57:00Z'));
});
