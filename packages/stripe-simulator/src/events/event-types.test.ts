import type Stripe from 'stripe';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { EVENT_TYPES, type EventType, isEventType } from './event-types.ts';
import { isThinEventType, type ThinOnly, thinTwinOf, type WithoutTwin } from './thin-event-types.ts';

type Thin = Stripe.V2.Core.Event['type'];

describe('event types', () => {
  it('are those of the SDK, no more and no fewer, snapshot and thin', () => {
    expectTypeOf<EventType>().toEqualTypeOf<Stripe.Event['type']>();
    expectTypeOf<Exclude<EventType, WithoutTwin>>().toEqualTypeOf<
      Extract<Thin, `v1.${EventType}`> extends `v1.${infer Name}` ? Name : never
    >();
    expectTypeOf<ThinOnly>().toEqualTypeOf<Exclude<Thin, `v1.${EventType}`>>();
    expect(EVENT_TYPES.length).toBeGreaterThan(200);
    expect(new Set(EVENT_TYPES).size).toBe(EVENT_TYPES.length);
  });

  it('have a thin twin, but for the few that have none', () => {
    expect(thinTwinOf('invoice.paid')).toBe('v1.invoice.paid');
    expect(thinTwinOf('customer.source.created')).toBeNull();
    for (const type of EVENT_TYPES) {
      const twin = thinTwinOf(type);
      expect(isThinEventType(twin ?? `v1.${type}`), type).toBe(twin !== null);
    }
  });

  it.each([
    ['invoice.paid', true, false],
    ['v1.invoice.paid', false, true],
    ['v1.billing.meter.no_meter_found', false, true],
    ['billing.meter.no_meter_found', false, false],
    ['v2.core.event_destination.ping', false, true],
    ['invoice.payed', false, false],
    ['v1.v1.invoice.paid', false, false],
    ['__proto__', false, false],
    ['', false, false],
  ])('tell %j: snapshot %s, thin %s', (type, snapshot, thin) => {
    expect([isEventType(type), isThinEventType(type)]).toEqual([snapshot, thin]);
  });
});
