import type Stripe from 'stripe';
import { expect, it } from 'vitest';
import { type Account, describeOnEachAccount, eventually } from './account.ts';
import { createMeter } from './stage.ts';

const DAY_SEC = 86_400;
const nowSec = (): number => Math.floor(Date.now() / 1_000);

async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'accepted';
  } catch (error) {
    return error instanceof Error && 'statusCode' in error
      ? `refused with ${error.statusCode}`
      : String(error);
  }
}

function total(
  { stripe }: Account,
  meter: Stripe.Billing.Meter,
  customer: string,
  [startSec, endSec]: readonly [number, number],
): Promise<number | undefined> {
  return stripe.billing.meters
    .listEventSummaries(meter.id, { customer, start_time: startSec, end_time: endSec })
    .then(({ data }) => data[0]?.aggregated_value);
}

describeOnEachAccount('usage', (account) => {
  const send = (meter: Stripe.Billing.Meter, customer: string, value: number, more: object = {}) =>
    account().stripe.billing.meterEvents.create({
      event_name: meter.event_name,
      payload: { stripe_customer_id: customer, value: String(value) },
      ...more,
    });

  it('S0-9 takes events up to 35 days old and 5 minutes ahead, and refuses others', async () => {
    const { stripe } = account();
    const meter = await createMeter(account(), 'limits');
    const { id } = await stripe.customers.create({});
    const at = (offsetSec: number) => codeOf(send(meter, id, 1, { timestamp: nowSec() + offsetSec }));
    expect(await at(-36 * DAY_SEC)).toBe('refused with 400');
    expect(await at(-34 * DAY_SEC)).toBe('accepted');
    expect(await at(4 * 60)).toBe('accepted');
    expect(await at(6 * 60)).toBe('refused with 400');
  });

  it('S3-12 counts an identifier once', async () => {
    const { stripe, run } = account();
    const meter = await createMeter(account(), 'identifiers');
    const { id } = await stripe.customers.create({});
    const event = { identifier: `${run}-once`, timestamp: nowSec() - 600 };
    expect(await codeOf(send(meter, id, 5, event))).toBe('accepted');
    expect(await codeOf(send(meter, id, 5, event))).toBe('refused with 400');
    const range = [nowSec() - 3_600 - (nowSec() % 60), nowSec() + 60 - (nowSec() % 60)] as const;
    expect(
      await eventually(
        () => total(account(), meter, id, range),
        (sum) => sum === 5,
      ),
    ).toBe(5);
  });

  it('S3-10 shows the last value of a meter that keeps the last, not the sum; a count counts', async () => {
    const { stripe } = account();
    const last = await createMeter(account(), 'storage', 'last');
    const count = await createMeter(account(), 'calls', 'count');
    const { id } = await stripe.customers.create({});
    for (const [index, value] of [15, 30, 10].entries()) {
      await send(last, id, value, { timestamp: nowSec() - 900 + index * 60 });
      await send(count, id, value, { timestamp: nowSec() - 900 + index * 60 });
    }
    const range = [nowSec() - 3_600 - (nowSec() % 60), nowSec() + 60 - (nowSec() % 60)] as const;
    expect(
      await eventually(
        () => total(account(), count, id, range),
        (sum) => sum === 3,
      ),
    ).toBe(3);
    expect(
      await eventually(
        () => total(account(), last, id, range),
        (value) => value === 10,
      ),
    ).toBe(10);
  });

  it('answers hours and days newest first, only on their boundaries, and one row without a window', async () => {
    const { stripe } = account();
    const meter = await createMeter(account(), 'windows');
    const { id } = await stripe.customers.create({});
    const hourSec = nowSec() - (nowSec() % 3_600) - 5 * 3_600;
    for (const [hour, value] of [
      [0, 1],
      [0, 2],
      [2, 4],
    ] as const)
      await send(meter, id, value, { timestamp: hourSec + hour * 3_600 + 60 });
    const read = (more: object = {}) =>
      stripe.billing.meters.listEventSummaries(meter.id, {
        customer: id,
        start_time: hourSec,
        end_time: hourSec + 4 * 3_600,
        value_grouping_window: 'hour',
        ...more,
      });
    const { data } = await eventually(read, (page) => page.data.length === 2);
    expect(data.map(({ start_time: start, aggregated_value: value }) => [start - hourSec, value])).toEqual([
      [7_200, 4],
      [0, 3],
    ]);
    expect(await total(account(), meter, id, [hourSec, hourSec + 4 * 3_600])).toBe(7);
    expect(await codeOf(read({ start_time: hourSec + 60 }))).toBe('refused with 400');
    expect(await codeOf(read({ value_grouping_window: 'day' }))).toBe('refused with 400');
  });
});
