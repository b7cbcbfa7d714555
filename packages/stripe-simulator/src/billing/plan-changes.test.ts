import { describe, expect, it } from 'vitest';
import {
  customerWith,
  day,
  invoicesOf,
  licensed,
  lineTexts,
  metered,
  sec,
  sumMeter,
} from '../testing/catalog.ts';
import { connect, DAY_MS, errorOf, HOUR_MS, report, START_SEC } from '../testing/connect.ts';

/** A month of 30 days: September 2026. Ten days in, a third is used. */
const TEN_DAYS = 10 * DAY_MS;

describe('a change of a licensed item', () => {
  it('credits the unused time and charges the remaining time, on the next invoice', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const customer = await customerWith(stripe);
    const [small, large] = [await licensed(stripe), await licensed(stripe, { unit_amount: 4_000 })];
    const created = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: small.id }],
    });
    const item = created.items.data[0]?.id ?? '';
    await sim.advance(TEN_DAYS);
    const changed = await stripe.subscriptions.update(created.id, { items: [{ id: item, price: large.id }] });
    expect(changed.items.data).toMatchObject([{ id: item, price: { id: large.id }, quantity: 1 }]);
    expect(changed.items.data[0]?.current_period_start).toBe(sec('2026-09-01'));
    const pending = await stripe.invoiceItems.list({ customer: customer.id, pending: true });
    expect(pending.data.map(({ amount, proration, parent }) => [amount, proration, parent?.type])).toEqual([
      [2_667, true, 'subscription_details'],
      [-667, true, 'subscription_details'],
    ]);
    await sim.advance(20 * DAY_MS + HOUR_MS);
    const [, renewal] = await invoicesOf(stripe, customer.id);
    expect(lineTexts(renewal)).toEqual([
      '2667 Remaining time on Seat after 11 Sep 2026',
      '-667 Unused time on Seat after 11 Sep 2026',
      '4000 1 × Seat (at $40.00 / month)',
    ]);
    expect(renewal).toMatchObject({ status: 'paid', total: 6_000, amount_paid: 6_000 });
    expect(renewal?.lines.data[0]?.parent?.subscription_item_details).toMatchObject({
      proration: true,
      subscription_item: item,
      invoice_item: pending.data[0]?.id,
    });
  });

  it('is billed at once with always_invoice, and not at all with none', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const customer = await customerWith(stripe);
    const price = await licensed(stripe);
    const created = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
    });
    const id = created.items.data[0]?.id ?? '';
    await sim.advance(TEN_DAYS);
    const now = await stripe.subscriptions.update(created.id, {
      items: [{ id, quantity: 4 }],
      proration_behavior: 'always_invoice',
      expand: ['latest_invoice'],
    });
    expect(now.latest_invoice).toMatchObject({
      status: 'paid',
      billing_reason: 'subscription_update',
      total: 2_667 - 667,
    });
    await stripe.subscriptionItems.update(id, { quantity: 2, proration_behavior: 'none' });
    expect((await stripe.invoiceItems.list({ pending: true })).data).toEqual([]);
    await sim.advance(20 * DAY_MS + HOUR_MS);
    expect((await invoicesOf(stripe, customer.id)).map(({ total }) => total)).toEqual([1_000, 2_000, 2_000]);
  });

  it('in flexible mode returns what was charged, in classic mode what the item costs now', async () => {
    const creditAfterUnpaidRaise = async (type: 'classic' | 'flexible') => {
      await using server = await connect();
      const { sim, stripe } = server;
      const customer = await customerWith(stripe);
      const price = await licensed(stripe);
      const { id, items } = await stripe.subscriptions.create({
        customer: customer.id,
        items: [{ price: price.id }],
        billing_mode: { type },
      });
      const item = items.data[0]?.id ?? '';
      await stripe.subscriptionItems.update(item, { quantity: 3, proration_behavior: 'none' });
      await sim.advance(15 * DAY_MS);
      await stripe.subscriptions.cancel(id, { prorate: true });
      return (await stripe.invoiceItems.list({ pending: true })).data.map(({ amount }) => amount);
    };
    expect(await creditAfterUnpaidRaise('flexible')).toEqual([-500]);
    expect(await creditAfterUnpaidRaise('classic')).toEqual([-1_500]);
  });

  it('to another interval keeps the anchor in flexible mode and resets it in classic mode', async () => {
    const toYearly = async (type: 'classic' | 'flexible') => {
      await using server = await connect();
      const { sim, stripe } = server;
      const customer = await customerWith(stripe);
      const monthly = await licensed(stripe);
      const yearly = await licensed(stripe, { unit_amount: 36_500, recurring: { interval: 'year' } });
      const { id, items } = await stripe.subscriptions.create({
        customer: customer.id,
        items: [{ price: monthly.id }],
        billing_mode: { type },
      });
      await sim.advance(TEN_DAYS);
      const changed = await stripe.subscriptions.update(id, {
        items: [{ id: items.data[0]?.id ?? '', price: yearly.id }],
      });
      const pending = (await stripe.invoiceItems.list({ pending: true })).data.map(({ amount }) => amount);
      const totals = (await invoicesOf(stripe, customer.id)).map(({ total }) => total);
      const [item] = changed.items.data;
      return [day(changed.billing_cycle_anchor), day(item?.current_period_end), pending, totals];
    };
    expect(await toYearly('flexible')).toEqual(['2026-09-01', '2027-09-01', [35_500, -667], [1_000]]);
    expect(await toYearly('classic')).toEqual(['2026-09-11', '2027-09-11', [], [1_000, 36_500 - 667]]);
  });

  it('with the anchor reset to now begins a new period and bills it, with the usage so far', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const customer = await customerWith(stripe);
    const meter = await sumMeter(stripe);
    const [seat, units] = [await licensed(stripe), await metered(stripe, meter.id)];
    const { id } = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: seat.id }, { price: units.id }],
    });
    await report(stripe, customer.id, 7);
    await sim.advance(15 * DAY_MS);
    const reset = await stripe.subscriptions.update(id, {
      billing_cycle_anchor: { type: 'now' },
      expand: ['latest_invoice'],
    });
    expect(day(reset.billing_cycle_anchor)).toBe('2026-09-16');
    expect(reset.items.data.map((item) => day(item.current_period_end))).toEqual([
      '2026-10-16',
      '2026-10-16',
    ]);
    expect(reset.latest_invoice).toMatchObject({ status: 'paid', total: 700 + 1_000 - 500 });
    await report(stripe, customer.id, 2);
    await sim.advance(30 * DAY_MS + HOUR_MS);
    expect((await invoicesOf(stripe, customer.id)).map(({ total }) => total)).toEqual([1_000, 1_200, 1_200]);
  });
});

describe('a change of a metered item', () => {
  const switchPrice = async (
    type: 'classic' | 'flexible',
    proration_behavior: 'create_prorations' | 'none' = 'create_prorations',
    late: number | null = null,
  ) => {
    await using server = await connect();
    const { sim, stripe } = server;
    const customer = await customerWith(stripe);
    const meter = await sumMeter(stripe);
    const [cheap, dear] = [
      await metered(stripe, meter.id),
      await metered(stripe, meter.id, { unit_amount: 300 }),
    ];
    const { id, items } = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: cheap.id }],
      billing_mode: { type },
    });
    await report(stripe, customer.id, 10);
    await sim.advance(TEN_DAYS);
    await stripe.subscriptions.update(id, {
      items: [{ id: items.data[0]?.id ?? '', price: dear.id }],
      proration_behavior,
    });
    await report(stripe, customer.id, 5);
    if (late !== null) await report(stripe, customer.id, late, START_SEC + 60);
    await sim.advance(20 * DAY_MS + HOUR_MS);
    return lineTexts((await invoicesOf(stripe, customer.id)).at(-1));
  };

  it('in flexible mode bills usage at the price that was in force when it was reported', async () => {
    expect(await switchPrice('flexible')).toEqual([
      '1000 10 × Units (at $1.00 / month)',
      '1500 5 × Units (at $3.00 / month)',
    ]);
  });

  it('fixes the usage before it: what is reported later for that time is billed nowhere', async () => {
    expect(await switchPrice('flexible', 'create_prorations', 7)).toEqual(await switchPrice('flexible'));
  });

  it('in classic mode bills only the usage since the change; so does flexible with no prorations', async () => {
    expect(await switchPrice('classic')).toEqual(['1500 5 × Units (at $3.00 / month)']);
    expect(await switchPrice('flexible', 'none')).toEqual(['1500 5 × Units (at $3.00 / month)']);
  });

  it('that removes it bills its usage in flexible mode, and drops it in classic mode', async () => {
    const remove = async (type: 'classic' | 'flexible', clear_usage?: boolean) => {
      await using server = await connect();
      const { sim, stripe } = server;
      const customer = await customerWith(stripe);
      const meter = await sumMeter(stripe);
      const [units, seat] = [await metered(stripe, meter.id), await licensed(stripe)];
      const { items } = await stripe.subscriptions.create({
        customer: customer.id,
        items: [{ price: units.id }, { price: seat.id }],
        billing_mode: { type },
      });
      await report(stripe, customer.id, 10);
      await sim.advance(TEN_DAYS);
      const id = items.data[0]?.id ?? '';
      expect(
        await stripe.subscriptionItems.del(id, clear_usage === undefined ? {} : { clear_usage }),
      ).toMatchObject({
        id,
        deleted: true,
      });
      expect((await errorOf(stripe.subscriptionItems.retrieve(id))).statusCode).toBe(404);
      await sim.advance(20 * DAY_MS + HOUR_MS);
      return lineTexts((await invoicesOf(stripe, customer.id)).at(-1));
    };
    const fee = '1000 1 × Seat (at $10.00 / month)';
    expect(await remove('flexible')).toEqual(['1000 10 × Units (at $1.00 / month)', fee]);
    expect(await remove('flexible', true)).toEqual([fee]);
    expect(await remove('classic')).toEqual([fee]);
  });

  it('cannot set a quantity, and the usage of a removed item still takes credits', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const customer = await customerWith(stripe);
    const meter = await sumMeter(stripe);
    const [units, seat] = [await metered(stripe, meter.id), await licensed(stripe)];
    const { items } = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: units.id }, { price: seat.id }],
    });
    const id = items.data[0]?.id ?? '';
    expect(await errorOf(stripe.subscriptionItems.update(id, { quantity: 2 }))).toMatchObject({
      statusCode: 400,
      param: 'items[0][quantity]',
    });
    await stripe.billing.creditGrants.create({
      customer: customer.id,
      amount: { type: 'monetary', monetary: { currency: 'usd', value: 600 } },
      applicability_config: { scope: { price_type: 'metered' } },
    });
    await report(stripe, customer.id, 10);
    await sim.advance(TEN_DAYS);
    await stripe.subscriptionItems.del(id);
    await sim.advance(20 * DAY_MS + HOUR_MS);
    expect((await invoicesOf(stripe, customer.id)).at(-1)).toMatchObject({ subtotal: 2_000, total: 1_400 });
  });
});

describe('subscription items', () => {
  it('are created with a proration, listed, retrieved and updated', async () => {
    await using server = await connect();
    const { sim, stripe } = server;
    const customer = await customerWith(stripe);
    const [seat, extra] = [await licensed(stripe), await licensed(stripe, { unit_amount: 600 })];
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: seat.id }],
    });
    await sim.advance(TEN_DAYS);
    const added = await stripe.subscriptionItems.create({
      subscription: subscription.id,
      price: extra.id,
      quantity: 2,
      metadata: { team: 'red' },
    });
    expect(added).toMatchObject({ object: 'subscription_item', quantity: 2, metadata: { team: 'red' } });
    expect(day(added.current_period_end)).toBe('2026-10-01');
    expect((await stripe.invoiceItems.list({ pending: true })).data.map(({ amount }) => amount)).toEqual([
      800,
    ]);
    expect((await stripe.subscriptionItems.retrieve(added.id)).id).toBe(added.id);
    expect(
      (await stripe.subscriptionItems.list({ subscription: subscription.id })).data.map(({ id }) => id),
    ).toEqual([subscription.items.data[0]?.id, added.id]);
    const named = await stripe.subscriptionItems.update(added.id, { metadata: { team: 'blue' } });
    expect(named.metadata).toEqual({ team: 'blue' });
    expect((await stripe.invoiceItems.list({ pending: true })).data).toHaveLength(1);
    await stripe.subscriptionItems.del(added.id);
    expect(await errorOf(stripe.subscriptionItems.del(subscription.items.data[0]?.id ?? ''))).toMatchObject({
      statusCode: 400,
    });
  });

  it('of two intervals need flexible mode', async () => {
    await using server = await connect();
    const { stripe } = server;
    const customer = await customerWith(stripe);
    const [monthly, weekly] = [
      await licensed(stripe),
      await licensed(stripe, { recurring: { interval: 'week', interval_count: 2 } }),
    ];
    const items = [{ price: monthly.id }, { price: weekly.id }];
    const refused = errorOf(
      stripe.subscriptions.create({ customer: customer.id, items, billing_mode: { type: 'classic' } }),
    );
    expect(await refused).toMatchObject({ statusCode: 400, param: 'items[1][price]' });
    const mixed = await stripe.subscriptions.create({ customer: customer.id, items });
    expect(mixed.items.data.map((item) => day(item.current_period_end))).toEqual([
      '2026-10-01',
      '2026-09-15',
    ]);
  });
});
