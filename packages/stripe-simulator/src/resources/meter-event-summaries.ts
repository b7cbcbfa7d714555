import type Stripe from 'stripe';
import { aggregate, type UsageEvent, usageBetween } from '../billing/usage.ts';
import { invalidRequest } from '../protocol/errors.ts';
import { pageParams, paginate } from '../protocol/paging.ts';
import { oneOf, optional, string, timestamp } from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import type { Wire } from '../wire.ts';
import type { World } from '../world.ts';
import { requireCustomer } from './customers.ts';
import { type MeterState, requireMeter } from './meters.ts';

interface SummaryRow {
  id: string;
  meterId: string;
  startSec: number;
  endSec: number;
  value: number;
}

const WINDOWS = { hour: 3_600, day: 86_400 } as const;

export interface SummaryRequest {
  customerId: string;
  startSec: number;
  endSec: number;
  window: 'hour' | 'day' | undefined;
}

/**
 * Folds a customer's events in `[startSec, endSec)`. Without a window exactly one row, also when it is 0; with one,
 * newest first and without empty windows (Stripe's own example shows both; that it always holds is an assumption).
 */
export function summarizeEvents(world: World, meter: MeterState, request: SummaryRequest): SummaryRow[] {
  const { customerId, startSec, endSec, window } = request;
  const events = usageBetween(world, meter, customerId, startSec, endSec);
  const row = (fromSec: number, toSec: number, part: readonly UsageEvent[]): SummaryRow => ({
    id: world.ids.stable('mtrusg_', `${meter.id} ${customerId} ${fromSec} ${toSec}`, 16),
    meterId: meter.id,
    startSec: fromSec,
    endSec: toSec,
    value: aggregate(part, meter).toNumber(),
  });
  if (window === undefined) return [row(startSec, endSec, events)];
  const windowSec = WINDOWS[window];
  const buckets = new Map<number, UsageEvent[]>();
  for (const event of events) {
    const fromSec = event.timestampSec - (event.timestampSec % windowSec);
    const bucket = buckets.get(fromSec);
    if (bucket === undefined) buckets.set(fromSec, [event]);
    else bucket.push(event);
  }
  return [...buckets].map(([fromSec, part]) => row(fromSec, fromSec + windowSec, part)).reverse();
}

function checkRange({ startSec, endSec, window }: SummaryRequest): void {
  if (endSec <= startSec)
    throw invalidRequest('`end_time` must be after `start_time`.', { param: 'end_time' });
  const unitSec = window === undefined ? 60 : WINDOWS[window];
  const boundary =
    window === undefined
      ? 'minute boundaries'
      : window === 'hour'
        ? 'hour boundaries'
        : 'day boundaries (00:00 UTC)';
  for (const [param, atSec] of [
    ['start_time', startSec],
    ['end_time', endSec],
  ] as const) {
    if (atSec % unitSec !== 0)
      throw invalidRequest(`\`${param}\` must be aligned with ${boundary}.`, { param });
  }
}

function toStripeSummary(row: SummaryRow) {
  return {
    id: row.id,
    object: 'billing.meter_event_summary',
    aggregated_value: row.value,
    end_time: row.endSec,
    livemode: false,
    meter: row.meterId,
    start_time: row.startSec,
  } satisfies Wire<Stripe.Billing.MeterEventSummary>;
}

export const meterEventSummaryRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/v1/billing/meters/:id/event_summaries',
    fidelity: 'exact',
    note: 'no aggregation lag; a future end_time is accepted (assumption)',
    returns: { kind: 'billing.meter_event_summary', list: true },
    params: {
      ...pageParams,
      customer: string(),
      start_time: timestamp(),
      end_time: timestamp(),
      value_grouping_window: optional(oneOf(['hour', 'day'])),
    },
    handle(world, params, { id }) {
      const meter = requireMeter(world, id);
      const request = {
        customerId: requireCustomer(world, params.customer).id,
        startSec: params.start_time,
        endSec: params.end_time,
        window: params.value_grouping_window,
      };
      checkRange(request);
      return paginate(summarizeEvents(world, meter, request), params, {
        url: `/v1/billing/meters/${meter.id}/event_summaries`,
        noun: 'billing meter event summary',
        toStripe: toStripeSummary,
      });
    },
  }),
];
