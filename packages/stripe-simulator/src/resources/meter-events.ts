import type Stripe from 'stripe';
import { recordUsage } from '../billing/usage.ts';
import { invalidRequest } from '../protocol/errors.ts';
import { optional, string, stringMap, timestamp } from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import { perWorld } from '../table.ts';
import type { Wire } from '../wire.ts';
import type { World } from '../world.ts';
import { customers } from './customers.ts';
import { type MeterState, meters } from './meters.ts';

const PAST_LIMIT_SEC = 35 * 86_400;
const FUTURE_LIMIT_SEC = 5 * 60;
const IDENTIFIER_RETENTION_MS = 24 * 3_600_000;
const MAX_SIGNIFICANT_DIGITS = 15;

/** Why an event that was accepted is not counted: Stripe reports these later, asynchronously. */
export type UncountedReason =
  | 'archived_meter'
  | 'meter_event_customer_not_found'
  | 'meter_event_no_customer_defined'
  | 'no_meter';

export interface UncountedEvent {
  reason: UncountedReason;
  eventName: string;
  identifier: string;
  receivedMs: number;
}

const receipts = perWorld<Map<string, number>>(() => new Map());
const uncounted = perWorld<UncountedEvent[]>(() => []);

/** Events that were answered with 200 and count nowhere, oldest first. */
export function uncountedEvents(world: World): readonly UncountedEvent[] {
  return uncounted(world);
}

export interface MeterEventInput {
  eventName: string;
  payload: Map<string, string>;
  identifier?: string | undefined;
  timestampSec?: number | undefined;
}

interface AcceptedEvent extends MeterEventInput {
  identifier: string;
  timestampSec: number;
}

/**
 * Takes one event. Throws Stripe's 400 for a timestamp outside [35 days ago, 5 minutes ahead], an identifier seen in
 * the last 24 hours of receipt, or a value that is no number of at most 15 significant digits. An unknown event
 * name, an inactive meter and an unknown or absent customer are accepted and not counted.
 */
export function ingestMeterEvent(world: World, input: MeterEventInput): AcceptedEvent {
  const timestampSec = checkTimestamp(input.timestampSec ?? world.nowSec(), world.nowSec());
  const meter = meters(world)
    .oldestFirst()
    .find((candidate) => candidate.eventName === input.eventName);
  const value = meter === undefined || meter.formula === 'count' ? 1 : eventValue(meter, input.payload);
  const identifier = claimIdentifier(world, input.identifier);
  const customerId = meter === undefined ? undefined : input.payload.get(meter.customerKey);
  const reason = whyUncounted(world, meter, customerId);
  if (reason !== null) {
    uncounted(world).push({ reason, eventName: input.eventName, identifier, receivedMs: world.nowMs() });
  } else if (meter !== undefined && customerId !== undefined) {
    recordUsage(world, meter.id, customerId, timestampSec, value);
  }
  return { ...input, identifier, timestampSec };
}

function whyUncounted(
  world: World,
  meter: MeterState | undefined,
  customerId: string | undefined,
): UncountedReason | null {
  if (meter === undefined) return 'no_meter';
  if (meter.deactivatedSec !== null) return 'archived_meter';
  if (customerId === undefined || customerId === '') return 'meter_event_no_customer_defined';
  const customer = customers(world).get(customerId);
  return customer === undefined || customer.deleted ? 'meter_event_customer_not_found' : null;
}

function checkTimestamp(timestampSec: number, nowSec: number): number {
  if (timestampSec < nowSec - PAST_LIMIT_SEC) {
    throw invalidRequest('The timestamp must be within the past 35 calendar days.', {
      code: 'timestamp_too_far_in_past',
      param: 'timestamp',
    });
  }
  if (timestampSec > nowSec + FUTURE_LIMIT_SEC) {
    throw invalidRequest('The timestamp must not be more than 5 minutes in the future.', {
      code: 'timestamp_in_future',
      param: 'timestamp',
    });
  }
  return timestampSec;
}

function eventValue(meter: MeterState, payload: Map<string, string>): number | string {
  const param = `payload[${meter.valueKey}]`;
  const value = payload.get(meter.valueKey);
  if (value === undefined || value === '') {
    throw invalidRequest(`Missing required value: the meter expects it in ${param}.`, {
      code: 'meter_event_invalid_value',
      param,
    });
  }
  if (!/^-?\d{1,40}(\.\d{1,40})?$/.test(value)) {
    throw invalidRequest(`Invalid value: ${value.slice(0, 40)}. The value must be a number.`, {
      code: 'meter_event_invalid_value',
      param,
    });
  }
  const digits = value.replace(/^-?0*|\./g, '').replace(value.includes('.') ? /^0+/ : /^0+|0+$/g, '');
  if (digits.length > MAX_SIGNIFICANT_DIGITS) {
    throw invalidRequest(`The value can have at most ${MAX_SIGNIFICANT_DIGITS} significant digits.`, {
      code: 'meter_event_value_too_many_digits',
      param,
    });
  }
  const number = Number(value);
  return Number.isSafeInteger(number) && !value.includes('.') ? number : value;
}

function claimIdentifier(world: World, given: string | undefined): string {
  if (given === undefined) return world.ids.next('', 32).toLowerCase();
  const seen = receipts(world);
  for (const [identifier, receivedMs] of seen) {
    if (receivedMs + IDENTIFIER_RETENTION_MS > world.nowMs()) break;
    seen.delete(identifier);
  }
  if (seen.has(given)) {
    throw invalidRequest(`An event already exists with identifier ${given}.`, {
      code: 'duplicate_meter_event',
      param: 'identifier',
      headers: { 'stripe-should-retry': 'false' },
    });
  }
  seen.set(given, world.nowMs());
  return given;
}

function toStripeMeterEvent(world: World, event: AcceptedEvent) {
  return {
    object: 'billing.meter_event',
    created: world.nowSec(),
    event_name: event.eventName,
    identifier: event.identifier,
    livemode: false,
    payload: Object.fromEntries(event.payload),
    timestamp: event.timestampSec,
  } satisfies Wire<Stripe.Billing.MeterEvent>;
}

export const meterEventRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/billing/meter_events',
    fidelity: 'simplified',
    note: 'counted at once (no aggregation lag); events that cannot be counted make no thin events yet',
    params: {
      event_name: string({ maxLength: 100 }),
      payload: stringMap({ maxLength: 500 }),
      identifier: optional(string({ maxLength: 100 })),
      timestamp: optional(timestamp()),
    },
    handle(world, params) {
      const accepted = ingestMeterEvent(world, {
        eventName: params.event_name,
        payload: params.payload,
        identifier: params.identifier,
        timestampSec: params.timestamp,
      });
      return toStripeMeterEvent(world, accepted);
    },
  }),
];
