import type Stripe from 'stripe';
import { jsonInstant, jsonOptional, jsonString, jsonStringMap } from '../protocol/json-params.ts';
import { type RequestInput, type Route, routeV2 } from '../protocol/router.ts';
import type { Wire } from '../wire.ts';
import type { World } from '../world.ts';
import { type AcceptedEvent, ingestMeterEvent, laneOf } from './meter-events.ts';

function toStripeMeterEventV2(world: World, event: AcceptedEvent) {
  return {
    object: 'v2.billing.meter_event',
    created: new Date(world.ownNowMs()).toISOString(),
    event_name: event.eventName,
    identifier: event.identifier,
    livemode: false,
    payload: Object.fromEntries(event.payload),
    timestamp: new Date(event.timestampSec * 1_000).toISOString(),
  } satisfies Wire<Stripe.V2.Billing.MeterEvent>;
}

function jsonLane(world: World, { json }: RequestInput): string {
  const body = fieldsOf(json);
  const payload = fieldsOf(body.get('payload'));
  return laneOf(world, body.get('event_name'), (key) => payload.get(key));
}

function fieldsOf(json: unknown): Map<string, unknown> {
  return new Map(typeof json === 'object' && json !== null ? Object.entries(json) : []);
}

export const meterEventV2Routes: Route[] = [
  routeV2({
    method: 'POST',
    path: '/v2/billing/meter_events',
    fidelity: 'exact',
    note: 'everything that v1 reports later is refused at once (assumption)',
    ownTime: true,
    lane: jsonLane,
    body: {
      event_name: jsonString({ maxLength: 100 }),
      payload: jsonStringMap({ maxLength: 500 }),
      identifier: jsonOptional(jsonString({ maxLength: 100 })),
      timestamp: jsonOptional(jsonInstant()),
    },
    handle(world, { body }) {
      const accepted = ingestMeterEvent(world, {
        eventName: body.event_name,
        payload: body.payload,
        identifier: body.identifier,
        timestampSec: body.timestamp === undefined ? undefined : Math.floor(body.timestamp / 1_000),
        api: 'v2',
      });
      return toStripeMeterEventV2(world, accepted);
    },
  }),
];
