import type Stripe from 'stripe';
import type { RawProviderEvent } from '../../gateway.ts';
import { fromSec, idOf, unknownShape } from './from-stripe.ts';

type Reference = string | { id: string } | null | undefined;

/** What the objects of events have in common, as far as it matters here. */
interface EventObject {
  object?: string;
  id?: string;
  metadata?: Stripe.Metadata | null;
  customer?: Reference;
  payment_intent?: Reference;
}

/** A snapshot event. `body` is kept as it is. */
export function fromStripeEvent(event: Stripe.Event, body: string): RawProviderEvent {
  const object: EventObject = event.data?.object ?? {};
  return {
    eventId: textOf(event.id, 'event.id'),
    type: textOf(event.type, 'event.type'),
    payload: 'snapshot',
    createdAtMs: fromSec(event.created, 'event.created'),
    livemode: event.livemode === true,
    customerId: object.object === 'customer' ? (object.id ?? null) : refer(object.customer),
    payment: paymentOf(object),
    body,
  };
}

/** A thin event, which names an object and holds nothing of it. */
export function fromStripeNotification(
  notification: Stripe.V2.Core.EventNotification,
  body: string,
): RawProviderEvent {
  const createdAtMs = Date.parse(textOf(notification.created, 'event.created'));
  if (Number.isNaN(createdAtMs)) throw unknownShape('event.created');
  const related: { type?: string; id?: string } | null | undefined =
    'related_object' in notification ? (notification.related_object as object | null) : null;
  return {
    eventId: textOf(notification.id, 'event.id'),
    type: textOf(notification.type, 'event.type'),
    payload: 'thin',
    createdAtMs,
    livemode: notification.livemode === true,
    customerId: related?.type === 'customer' ? (related.id ?? null) : null,
    payment: null,
    body,
  };
}

/**
 * Sessions and intents carry our note themselves: one without it is somebody else's. Refunds and disputes carry none,
 * and charges only what their intent said when it was paid.
 */
function paymentOf({ object, id, metadata, payment_intent }: EventObject): RawProviderEvent['payment'] {
  const intentId = refer(payment_intent);
  const topUpId = metadata?.topup_id || null;
  switch (object) {
    case 'checkout.session':
      return topUpId === null ? null : { topUpId, paymentIds: known(id, intentId) };
    case 'payment_intent':
      return topUpId === null ? null : { topUpId, paymentIds: known(id) };
    case 'charge':
      return topUpId === null && intentId === null ? null : { topUpId, paymentIds: known(intentId) };
    case 'refund':
    case 'dispute':
      return intentId === null ? null : { topUpId: null, paymentIds: [intentId] };
    default:
      return null;
  }
}

function known(...ids: (string | null | undefined)[]): string[] {
  return ids.filter((id) => typeof id === 'string');
}

function refer(reference: Reference): string | null {
  return reference ? idOf(reference) : null;
}

function textOf(value: unknown, what: string): string {
  if (typeof value !== 'string' || value === '' || value.length > 255) throw unknownShape(what);
  return value;
}
