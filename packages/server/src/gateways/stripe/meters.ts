import type Stripe from 'stripe';
import type { RawMeter, RawUsageRow, UsageWindow } from '../../gateway.ts';
import { fromDecimal, fromSec } from './from-stripe.ts';
import { listAll, pageSize } from './list-all.ts';

export async function listMeters(stripe: Stripe): Promise<RawMeter[]> {
  const meters = await listAll(stripe.billing.meters.list({ limit: pageSize }));
  return meters.map(fromStripeMeter);
}

/** Stripe answers newest first and leaves empty hours and days out (docs "Meter event summary", 2026-05). */
export async function listUsage(
  stripe: Stripe,
  { meterId, customerId, window }: { meterId: string; customerId: string; window: UsageWindow },
): Promise<RawUsageRow[]> {
  const summaries = await listAll(
    stripe.billing.meters.listEventSummaries(meterId, {
      customer: customerId,
      start_time: window.startMs / 1000,
      end_time: window.endMs / 1000,
      limit: pageSize,
      ...(window.grouping === 'none' ? {} : { value_grouping_window: window.grouping }),
    }),
  );
  return summaries
    .map((summary) => ({
      startMs: fromSec(summary.start_time, 'summary.start_time'),
      endMs: fromSec(summary.end_time, 'summary.end_time'),
      quantity: fromDecimal(summary.aggregated_value),
    }))
    .toSorted((a, b) => a.startMs - b.startMs);
}

function fromStripeMeter(meter: Stripe.Billing.Meter): RawMeter {
  return {
    meterId: meter.id,
    eventName: meter.event_name,
    displayName: meter.display_name,
    aggregation: fromStripeFormula(meter.default_aggregation.formula),
    active: meter.status === 'active',
  };
}

function fromStripeFormula(formula: string): RawMeter['aggregation'] {
  return formula === 'sum' || formula === 'count' || formula === 'last' ? formula : 'other';
}
