import type Stripe from 'stripe';
import { usageReported } from '../billing/alert-triggers.ts';
import { recordUsage } from '../billing/usage.ts';
import { reportMeterError } from '../events/meter-errors.ts';
import { invalidRequest } from '../protocol/errors.ts';
import { optional, string, stringMap, timestamp } from '../protocol/params.ts';
import { type RequestInput, type Route, route } from '../protocol/router.ts';
import type { Wire } from '../wire.ts';
import type { World } from '../world.ts';
import { customers } from './customers.ts';
import { claimIdentifier } from './meter-event-identifiers.ts';
import { readEventValue } from './meter-event-value.ts';
import { type MeterState, meterOf } from './meters.ts';

const PAST_LIMIT_SEC = 35 * 86_400;
const FUTURE_LIMIT_SEC = 5 * 60;

/** Why an event counts nowhere, in Stripe's codes. */
interface Flaw {
  code: string;
  message: string;
  /** The parameter to name when the event is refused at once. */
  param: string;
}

export interface MeterEventInput {
  eventName: string;
  payload: Map<string, string>;
  identifier?: string | undefined;
  timestampSec?: number | undefined;
  /** The v2 API checks everything at once; v1 reports some errors later. */
  api: 'v1' | 'v2';
}

export interface AcceptedEvent extends MeterEventInput {
  identifier: string;
  timestampSec: number;
}

/**
 * Takes one event. Throws Stripe's 400 for a timestamp outside [35 days ago, 5 minutes ahead], an identifier seen in
 * the last 24 hours of receipt, or a value that is no number of at most 15 significant digits. Over v1 an unknown event
 * name, an inactive meter and an unknown or absent customer are accepted, count nowhere, and are reported later.
 */
export function ingestMeterEvent(world: World, input: MeterEventInput): AcceptedEvent {
  const meter = meterOf(world, input.eventName);
  const customerId = meter === undefined ? undefined : input.payload.get(meter.customerKey);
  const timestampSec = checkTimestamp(world, input.timestampSec, customerId);
  const read =
    meter === undefined || meter.formula === 'count'
      ? { value: 1, flaw: null }
      : readEventValue(input.payload.get(meter.valueKey), {
          param: `payload[${meter.valueKey}]`,
          decimals: world.assumptions.decimalMeterValues,
        });
  if (read.flaw !== null && (input.api === 'v2' || world.assumptions.checkMeterValuesAtOnce))
    throw invalidRequest(read.flaw.message, {
      code: read.flaw.code,
      param: `payload[${meter?.valueKey ?? 'value'}]`,
    });
  const flaw = whyUncounted(world, meter, customerId);
  if (flaw !== null && input.api === 'v2')
    throw invalidRequest(flaw.message, { code: flaw.code, param: flaw.param });
  const identifier = claimIdentifier(world, input.identifier, input.api);
  const uncounted = flaw ?? read.flaw;
  if (uncounted !== null) {
    const { code, message } = uncounted;
    reportMeterError(world, { meterId: meter?.id ?? null, code, message, identifier });
  } else if (meter !== undefined && customerId !== undefined && read.value !== null) {
    recordUsage(world, meter.id, customerId, timestampSec, read.value);
    usageReported(world, { meterId: meter.id, customerId });
  }
  return { ...input, identifier, timestampSec };
}

function whyUncounted(
  world: World,
  meter: MeterState | undefined,
  customerId: string | undefined,
): Flaw | null {
  if (meter === undefined)
    return { code: 'no_meter', message: 'No meter was found for the event name.', param: 'event_name' };
  const param = `payload[${meter.customerKey}]`;
  if (meter.deactivatedSec !== null)
    return {
      code: 'archived_meter',
      message: 'The meter of this event name is inactive.',
      param: 'event_name',
    };
  if (customerId === undefined || customerId === '') {
    const message = `Customer mapping key ${meter.customerKey} not found in payload.`;
    return { code: 'meter_event_no_customer_defined', message, param };
  }
  const customer = customers(world).get(customerId);
  return customer === undefined || customer.deleted
    ? { code: 'meter_event_customer_not_found', message: `No such customer: '${customerId}'`, param }
    : null;
}

function checkTimestamp(world: World, given: number | undefined, customerId: string | undefined): number {
  const nowSec =
    customerId !== undefined && world.assumptions.eventLimitsFollowTestClock
      ? world.nowSecFor(customerId)
      : world.ownNowSec();
  const timestampSec = given ?? nowSec;
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

function toStripeMeterEvent(world: World, event: AcceptedEvent) {
  return {
    object: 'billing.meter_event',
    created: world.ownNowSec(),
    event_name: event.eventName,
    identifier: event.identifier,
    livemode: false,
    payload: Object.fromEntries(event.payload),
    timestamp: event.timestampSec,
  } satisfies Wire<Stripe.Billing.MeterEvent>;
}

/** Customer and meter, where Stripe takes one call at a time; everything unknown shares its event name. */
export function laneOf(world: World, eventName: unknown, fieldOf: (key: string) => unknown): string {
  const name = typeof eventName === 'string' ? eventName : '';
  const meter = meterOf(world, name);
  const customerId = meter === undefined ? undefined : fieldOf(meter.customerKey);
  return `${name} ${typeof customerId === 'string' ? customerId : ''}`;
}

function formLane(world: World, { form }: RequestInput): string {
  const payload = form.get('payload');
  return laneOf(world, form.get('event_name'), (key) =>
    payload instanceof Map ? payload.get(key) : undefined,
  );
}

export const meterEventRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/billing/meter_events',
    fidelity: 'exact',
    note: 'which errors come at once and which are reported later is an assumption',
    ownTime: true,
    lane: formLane,
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
        api: 'v1',
      });
      return toStripeMeterEvent(world, accepted);
    },
  }),
];
