import type Stripe from 'stripe';
import { emit, emitUpdate } from '../events/emit.ts';
import { invalidRequest, resourceMissing } from '../protocol/errors.ts';
import { pageParams, paginate } from '../protocol/paging.ts';
import { object, oneOf, optional, string } from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import { defineTable, perWorld } from '../table.ts';
import type { Wire } from '../wire.ts';
import type { World } from '../world.ts';

export type AggregationFormula = 'count' | 'last' | 'sum';

export interface MeterState {
  id: string;
  createdSec: number;
  updatedSec: number;
  displayName: string;
  eventName: string;
  formula: AggregationFormula;
  /** Set for meters that keep, inside a window, the value received last. */
  eventTimeWindow: 'day' | 'hour' | null;
  customerKey: string;
  valueKey: string;
  deactivatedSec: number | null;
}

export const meters = defineTable<MeterState>();

const meterIdByEventName = perWorld<Map<string, string>>(() => new Map(), { journaled: true });

/** The meter that owns an event name, active or not. */
export function meterOf(world: World, eventName: string): MeterState | undefined {
  const id = meterIdByEventName(world).get(eventName);
  return id === undefined ? undefined : meters(world).get(id);
}

export interface MeterInput {
  displayName: string;
  eventName: string;
  formula: AggregationFormula;
  eventTimeWindow?: 'day' | 'hour' | undefined;
  customerKey?: string | undefined;
  valueKey?: string | undefined;
}

/** Adds a meter. Event names are unique for ever, also while their meter is inactive. */
export function createMeter(world: World, input: MeterInput): MeterState {
  const taken = meterOf(world, input.eventName);
  if (taken !== undefined) {
    throw invalidRequest(
      `A meter with the event name '${input.eventName}' already exists: ${taken.id}. Reactivate it instead of creating it again.`,
      { code: 'resource_already_exists', param: 'event_name' },
    );
  }
  const meter = meters(world).put({
    id: world.ids.next('mtr_test_', 28),
    createdSec: world.nowSec(),
    updatedSec: world.nowSec(),
    displayName: input.displayName,
    eventName: input.eventName,
    formula: input.formula,
    eventTimeWindow: input.eventTimeWindow ?? null,
    customerKey: input.customerKey ?? 'stripe_customer_id',
    valueKey: input.valueKey ?? 'value',
    deactivatedSec: null,
  });
  const byName = meterIdByEventName(world);
  byName.set(meter.eventName, meter.id);
  world.onUndo(() => byName.delete(meter.eventName));
  emit(world, { type: 'billing.meter.created', object: toStripeMeter(meter) });
  return meter;
}

export function requireMeter(world: World, id: string, param = 'id'): MeterState {
  const meter = meters(world).get(id);
  if (meter === undefined) throw resourceMissing('billing meter', id, param);
  return meter;
}

export function toStripeMeter(meter: MeterState) {
  return {
    id: meter.id,
    object: 'billing.meter',
    created: meter.createdSec,
    customer_mapping: { event_payload_key: meter.customerKey, type: 'by_id' },
    default_aggregation: { formula: meter.formula },
    display_name: meter.displayName,
    event_name: meter.eventName,
    event_time_window: meter.eventTimeWindow,
    livemode: false,
    status: meter.deactivatedSec === null ? 'active' : 'inactive',
    status_transitions: { deactivated_at: meter.deactivatedSec },
    updated: meter.updatedSec,
    value_settings: { event_payload_key: meter.valueKey },
  } satisfies Wire<Stripe.Billing.Meter>;
}

const key = object({ event_payload_key: string({ maxLength: 100 }) });

export const meterRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/billing/meters',
    fidelity: 'exact',
    returns: { kind: 'billing.meter', list: false },
    params: {
      display_name: string({ maxLength: 250 }),
      event_name: string({ maxLength: 100 }),
      default_aggregation: object({ formula: oneOf(['count', 'last', 'sum']) }),
      event_time_window: optional(oneOf(['day', 'hour'])),
      customer_mapping: optional(
        object({ event_payload_key: string({ maxLength: 100 }), type: oneOf(['by_id']) }),
      ),
      value_settings: optional(key),
    },
    handle(world, params) {
      return toStripeMeter(
        createMeter(world, {
          displayName: params.display_name,
          eventName: params.event_name,
          formula: params.default_aggregation.formula,
          eventTimeWindow: params.event_time_window,
          customerKey: params.customer_mapping?.event_payload_key,
          valueKey: params.value_settings?.event_payload_key,
        }),
      );
    },
  }),
  route({
    method: 'GET',
    path: '/v1/billing/meters',
    fidelity: 'exact',
    returns: { kind: 'billing.meter', list: true },
    params: { ...pageParams, status: optional(oneOf(['active', 'inactive'])) },
    handle(world, params) {
      const rows = meters(world)
        .newestFirst()
        .filter(
          (meter) =>
            params.status === undefined || (params.status === 'active') === (meter.deactivatedSec === null),
        );
      return paginate(rows, params, {
        url: '/v1/billing/meters',
        noun: 'billing meter',
        toStripe: toStripeMeter,
      });
    },
  }),
  route({
    method: 'GET',
    path: '/v1/billing/meters/:id',
    fidelity: 'exact',
    returns: { kind: 'billing.meter', list: false },
    handle: (world, _params, { id }) => toStripeMeter(requireMeter(world, id)),
  }),
  route({
    method: 'POST',
    path: '/v1/billing/meters/:id',
    fidelity: 'exact',
    returns: { kind: 'billing.meter', list: false },
    params: { display_name: optional(string({ maxLength: 250 })) },
    handle(world, params, { id }) {
      const meter = requireMeter(world, id);
      const displayName = params.display_name ?? meter.displayName;
      const object = toStripeMeter(meters(world).put({ ...meter, displayName, updatedSec: world.nowSec() }));
      emitUpdate(world, { type: 'billing.meter.updated', before: toStripeMeter(meter), after: object });
      return object;
    },
  }),
  route({
    method: 'POST',
    path: '/v1/billing/meters/:id/deactivate',
    fidelity: 'exact',
    returns: { kind: 'billing.meter', list: false },
    handle(world, _params, { id }) {
      const meter = requireMeter(world, id);
      if (meter.deactivatedSec !== null) throw invalidRequest('This meter is already inactive.');
      const object = toStripeMeter(
        meters(world).put({ ...meter, deactivatedSec: world.nowSec(), updatedSec: world.nowSec() }),
      );
      emit(world, { type: 'billing.meter.deactivated', object });
      return object;
    },
  }),
  route({
    method: 'POST',
    path: '/v1/billing/meters/:id/reactivate',
    fidelity: 'exact',
    returns: { kind: 'billing.meter', list: false },
    handle(world, _params, { id }) {
      const meter = requireMeter(world, id);
      if (meter.deactivatedSec === null) throw invalidRequest('This meter is already active.');
      const object = toStripeMeter(
        meters(world).put({ ...meter, deactivatedSec: null, updatedSec: world.nowSec() }),
      );
      emit(world, { type: 'billing.meter.reactivated', object });
      return object;
    },
  }),
];
