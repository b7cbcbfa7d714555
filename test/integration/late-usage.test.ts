import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { at, startUsageWorld, type UsageWorld } from './usage-world.ts';

let world: UsageWorld;
beforeEach(async () => {
  world = await startUsageWorld();
});
afterEach(() => world.close());

/** The hour that begins at an instant, in the billing period before. */
async function readBefore(startMs: number) {
  const { series } = await world.kit.usage.series.query({
    range: { kind: 'previous_period' },
    bucket: 'hour',
    timeZone: 'UTC',
  });
  const hour = series[0]?.buckets.find((bucket) => bucket.startMs === startMs);
  return { hour: hour?.quantity, total: series[0]?.total, isClosed: series[0]?.isClosed };
}

const billed = async () => {
  const { data } = await world.client.invoices.list({ customer: world.customer });
  return data.map(({ status, total }) => [status, total]).filter(([, total]) => total !== 0);
};

describe('an event that is back-dated two hours, over the end of the billing period', () => {
  beforeEach(async () => {
    await world.subscribe([await world.price(await world.meter('units'))]);
    await world.advanceTo('2026-03-20T00:00:00Z');
    await world.report('units', 5);
  });

  it('F-late: is in its own hour, and still billed while the draft waits: the period is not closed', async () => {
    await world.advanceTo('2026-04-09T15:00:00Z');
    await world.report('units', 3, '2026-04-09T13:00:00Z');
    const found = await readBefore(at('2026-04-09T13:00Z'));
    expect(found).toEqual({ hour: '3', total: '8', isClosed: false });
    await world.advanceTo('2026-04-09T16:00:00Z');
    expect(await billed()).toEqual([['paid', 800]]);
  });

  it('F-late: is in its own hour, and no longer billed once the draft is finalised: the period is closed', async () => {
    await world.advanceTo('2026-04-09T16:00:00Z');
    expect(await billed()).toEqual([['paid', 500]]);
    await world.report('units', 3, '2026-04-09T14:00:00Z');
    const found = await readBefore(at('2026-04-09T14:00Z'));
    expect(found).toEqual({ hour: '3', total: '8', isClosed: true });
    await world.advanceTo('2026-04-12T16:00:00Z');
    expect(await billed()).toEqual([['paid', 500]]);
  });
});

describe('whether a period is closed', () => {
  const isClosed = async (range: { kind: 'period' | 'previous_period' } | { kind: 'last'; days: number }) => {
    const { series } = await world.kit.usage.series.query({ range, bucket: 'day', timeZone: 'UTC' });
    return series.map((one) => one.isClosed);
  };

  it('is told of billing periods alone', async () => {
    await world.subscribe([await world.price(await world.meter('units'))]);
    await world.meter('free');
    await world.advanceTo('2026-04-20T00:00:00Z');
    expect(await isClosed({ kind: 'period' })).toEqual([null, false]);
    expect(await isClosed({ kind: 'previous_period' })).toEqual([null, true]);
    expect(await isClosed({ kind: 'last', days: 7 })).toEqual([null, null]);
  });

  it('is not known of a time before the subscription', async () => {
    await world.subscribe([await world.price(await world.meter('units'))]);
    expect(await isClosed({ kind: 'previous_period' })).toEqual([null]);
  });
});
