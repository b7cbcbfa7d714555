import type { UsageForecast } from '@meterboard/contract';
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

it('a total that is minutes old is compared with the period before at its own age', async () => {
  await world.subscribe([await world.price(await world.meter('units'))]);
  const minuteMs = 60_000;
  await world.advanceTo('2026-03-09T14:38:30Z');
  for (let minute = 0; minute < 20; minute += 1) {
    await world.report('units', 1);
    await world.simulator.advance(minuteMs);
  }
  await world.advanceTo('2026-04-09T14:38:30Z');
  const ask = async () => {
    const [[summary], [series]] = await Promise.all([
      world.kit.usage.summary.query().then(({ meters }) => meters),
      world.kit.usage.series
        .query({ range: { kind: 'period' }, bucket: 'day', timeZone: 'UTC', compare: true })
        .then((found) => found.series),
    ]);
    const { toDate, changeRatio } = series?.previous ?? {};
    return [summary?.total, summary?.previous, series?.total, { toDate, changeRatio }];
  };
  for (let minute = 0; minute < 6; minute += 1) {
    await world.report('units', 1);
    await world.simulator.advance(minuteMs);
  }
  // Both periods had one unit a minute.
  const alike = ['6', { toDate: '6', changeRatio: 0 }, '6', { toDate: '6', changeRatio: 0 }];
  expect(await ask()).toEqual(alike);
  for (let minute = 0; minute < 4; minute += 1) {
    await world.simulator.advance(minuteMs);
    await world.report('units', 1);
  }
  expect(await ask()).toEqual(alike);
});

it('a forecast of the last good reading does not take an outage for a time without usage', async () => {
  await world.subscribe([await world.price(await world.meter('units'))]);
  for (let hour = 1; hour <= 24 * 10; hour += 1) {
    await world.simulator.advance(3_600_000);
    await world.report('units', 4);
  }
  const ask = async () => {
    const [summary, period] = await Promise.all([
      world.kit.usage.summary.query(),
      world.kit.usage.series.query({
        range: { kind: 'period' },
        bucket: 'day',
        timeZone: 'UTC',
        forecast: true,
      }),
    ]);
    return [summary.meters[0]?.forecast, period.series[0]?.forecast].map((forecast) => {
      if (forecast?.kind !== 'forecast') throw new Error('there is no forecast');
      return forecast;
    });
  };
  const [before, along] = await ask();
  expect(before).toMatchObject({ total: { mid: along?.total.mid } });
  world.simulator.faults.setOutage(true);
  await world.simulator.advance(23 * 3_600_000);
  const nowMs = world.simulator.nowMs();
  const [card, chart] = await ask();
  expect([card?.total, chart?.total]).toEqual([before?.total, before?.total]);
  // The line still begins with the bucket that contains now.
  const [first] = (chart as UsageForecast).buckets;
  expect(first && [first.startMs <= nowMs, first.endMs > nowMs]).toEqual([true, true]);
});

it('a day that was read seconds after its end has not settled by having been remembered', async () => {
  await world.close();
  world = await startUsageWorld({ cache: { freshSeconds: 900 } });
  await world.meter('units');
  await world.advanceTo('2026-03-21T23:00:00Z');
  await world.report('units', 100);
  const yesterday = async () => {
    const range = {
      kind: 'between',
      startMs: at('2026-03-21T00:00:00Z'),
      endMs: at('2026-03-22T00:00:00Z'),
    } as const;
    const { series } = await world.kit.usage.series.query({ range, bucket: 'day', timeZone: 'UTC' });
    return series[0]?.buckets[0];
  };
  await world.advanceTo('2026-03-22T00:00:05Z');
  expect(await yesterday()).toMatchObject({ quantity: '100', provisional: true });
  await world.report('units', 40, '2026-03-21T23:59:59Z');
  await world.advanceTo('2026-03-22T00:12:00Z');
  expect(await yesterday()).toMatchObject({ quantity: '100', provisional: true });
  await world.advanceTo('2026-03-22T00:40:00Z');
  await yesterday();
  await expect.poll(yesterday).toMatchObject({ quantity: '140', provisional: false });
});
