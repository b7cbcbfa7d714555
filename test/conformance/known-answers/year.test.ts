import { createSimulator } from '@meterboard/stripe-simulator';
import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';

const START_MS = Date.parse('2026-01-31T10:20:30Z');
const HOUR_SEC = 3_600;

interface Sent {
  atSec: number;
  quantity: number;
}

/** 0.03 a unit up to 1,000 units a month and 0.01 beyond, in whole cents: computed here without the simulator. */
function costMinor(quantity: number): number {
  return Math.min(quantity, 1_000) * 3 + Math.max(0, quantity - 1_000);
}

/** Ends of the months of an anchor on the 31st, by the calendar alone. */
function monthEnds(count: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    const lastDay = new Date(Date.UTC(2026, index + 2, 0)).getUTCDate();
    return Date.UTC(2026, index + 1, Math.min(31, lastDay), 10, 20, 30) / 1_000;
  });
}

describe('a year of usage', () => {
  it('bills in twelve monthly invoices what the raw events come to, month by month', async () => {
    const sim = await createSimulator({ nowMs: START_MS, frozen: true });
    try {
      const stripe = new Stripe('sk_test_year', {
        host: sim.host,
        port: sim.port,
        protocol: 'http',
        telemetry: false,
      });
      const meter = await stripe.billing.meters.create({
        display_name: 'Units',
        event_name: 'units',
        default_aggregation: { formula: 'sum' },
      });
      const price = await stripe.prices.create({
        currency: 'usd',
        product_data: { name: 'Units' },
        billing_scheme: 'tiered',
        tiers_mode: 'graduated',
        tiers: [
          { up_to: 1_000, unit_amount: 3 },
          { up_to: 'inf', unit_amount: 1 },
        ],
        recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
      });
      const customer = await stripe.customers.create({});
      await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });

      const sent: Sent[] = [];
      const ends = monthEnds(12);
      const lastSec = ends.at(-1) ?? 0;
      for (let atSec = START_MS / 1_000 + 17; atSec < lastSec; atSec += 13 * HOUR_SEC + 7) {
        await sim.advanceTo(atSec * 1_000);
        const quantity = 1 + ((atSec * 7_919) % 61);
        // Some arrive late, up to a day after they happened, and count for the month in which they happened.
        const happenedSec = Math.max(START_MS / 1_000, atSec - (quantity % 3) * 8 * HOUR_SEC);
        const closed = ends.filter((endSec) => endSec + HOUR_SEC <= atSec).at(-1) ?? 0;
        if (happenedSec < closed) continue;
        await stripe.billing.meterEvents.create({
          event_name: 'units',
          timestamp: happenedSec,
          payload: { stripe_customer_id: customer.id, value: String(quantity) },
        });
        sent.push({ atSec: happenedSec, quantity });
      }
      await sim.advanceTo((lastSec + 2 * HOUR_SEC) * 1_000);

      const starts = [START_MS / 1_000, ...ends];
      const expected = ends.map((endSec, month) => {
        const own = sent.filter(({ atSec }) => atSec >= (starts[month] ?? 0) && atSec < endSec);
        return costMinor(own.reduce((sum, { quantity }) => sum + quantity, 0));
      });
      const invoices = await stripe.invoices
        .list({ customer: customer.id, limit: 100 })
        .autoPagingToArray({ limit: 100 });
      const billed = invoices.toReversed();
      expect(billed.map(({ period_end: end }) => end)).toEqual(ends);
      expect(billed.map(({ total }) => total)).toEqual(expected);
      expect(Math.min(...expected)).toBeGreaterThan(3_000);
      const everything = sent.reduce((sum, { quantity }) => sum + quantity, 0);
      const lines = billed.flatMap((invoice) => invoice.lines.data);
      expect(lines.reduce((sum, line) => sum + Number(line.quantity_decimal), 0)).toBe(everything);
    } finally {
      await sim.close();
    }
  });
});
