import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startUsageWorld } from './usage-world.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

let world: Awaited<ReturnType<typeof startUsageWorld>>;
beforeEach(async () => {
  world = await startUsageWorld({ cache: {}, meters: [{ eventName: 'units', limit: '3000' }] });
});
afterEach(() => world.close());

/** One meter and a subscription that bills it. */
async function sell() {
  const meter = await world.meter('units');
  await world.subscribe([await world.price(meter)]);
  return meter;
}

describe('usage that is remembered', () => {
  it('is read anew when its days become final: what happened after the last look is in it', async () => {
    const meter = await sell();
    const startMs = world.simulator.nowMs();
    await world.report('units', 1);
    const ask = () =>
      world.kit.usage.series.query({ range: { kind: 'last', days: 90 }, bucket: 'day', timeZone: 'UTC' });
    expect((await ask()).series[0]?.total).toBe('1');
    for (let day = 1; day <= 30; day += 1) {
      await world.simulator.advanceTo(startMs + day * dayMs);
      await world.report('units', 100);
    }
    await world.simulator.advanceTo(startMs + 70 * dayMs);
    const atStripe = await world.client.billing.meters.listEventSummaries(meter.id, {
      customer: world.customer,
      start_time: Math.floor(startMs / dayMs) * 86_400,
      end_time: Math.floor(startMs / dayMs) * 86_400 + 80 * 86_400,
    });
    expect((await ask()).series[0]?.total).toBe(String(atStripe.data[0]?.aggregated_value));
    expect(atStripe.data[0]?.aggregated_value).toBe(3001);
  });

  it('of an hour that was read just now is no gap, whenever the hours before were read', async () => {
    await sell();
    const ask = () =>
      world.kit.usage.series.query({ range: { kind: 'last', days: 3 }, bucket: 'hour', timeZone: 'UTC' });
    await world.advanceTo('2026-03-22T11:57:00Z');
    await ask();
    await world.advanceTo('2026-03-22T12:04:00Z');
    await world.report('units', 9);
    const [series] = (await ask()).series;
    expect(series?.total).toBe('9');
    expect(series?.buckets.find(({ startMs }) => startMs === Date.UTC(2026, 2, 22, 12))?.quantity).toBe('9');
  });
});

describe('figures made of older readings', () => {
  it('forecast what they did before an outage: the time since then is unknown, not without usage', async () => {
    await sell();
    for (let hour = 1; hour <= 24 * 10; hour += 1) {
      await world.simulator.advance(hourMs);
      await world.report('units', 4);
    }
    const ask = async () => {
      const { freshness, meters } = await world.kit.usage.summary.query();
      const forecast = meters[0]?.forecast;
      if (forecast?.kind !== 'forecast') throw new Error('no forecast');
      return { freshness, ...forecast.total };
    };
    const before = await ask();
    world.simulator.faults.setOutage(true);
    await world.simulator.advance(23 * hourMs);
    expect(await ask()).toEqual({ ...before, freshness: 'stale' });
  });

  it.each(['summary', 'series'] as const)(
    'are compared with as much of the time before as they cover themselves, in a %s',
    async (kind) => {
      await sell();
      const useEachMinute = async (from: string, minutes: number, look?: () => Promise<unknown>) => {
        await world.advanceTo(from);
        for (let minute = 1; minute <= minutes; minute += 1) {
          await world.report('units', 1);
          await world.simulator.advance(minuteMs);
          if (minute === 8) await look?.();
        }
      };
      const ask = async () => {
        if (kind === 'summary') return (await world.kit.usage.summary.query()).meters[0];
        const input = { range: { kind: 'period' }, bucket: 'hour', timeZone: 'UTC', compare: true } as const;
        return (await world.kit.usage.series.query(input)).series[0];
      };
      // The period begins at 14:37:12.
      await useEachMinute('2026-03-09T14:38:00Z', 20);
      await useEachMinute('2026-04-09T14:38:00Z', 12, ask);
      // Four minutes after the last look: served as it was, and read anew behind it.
      expect(await ask()).toMatchObject({ total: '8', previous: { toDate: '8', changeRatio: 0 } });
    },
  );
});
