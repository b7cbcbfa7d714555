import { API_VERSION } from '../protocol/version.ts';
import type { Json } from '../wire.ts';
import type { EventState, ThinEventState } from './events.ts';

/** A snapshot event on the wire. */
export function toStripeEvent(
  event: EventState,
  { pendingWebhooks, apiVersion }: { pendingWebhooks: number; apiVersion?: string | null },
) {
  const object: Json = JSON.parse(event.objectJson);
  const previous: Json | null = event.previousJson === null ? null : JSON.parse(event.previousJson);
  return {
    id: event.id,
    object: 'event',
    api_version: apiVersion ?? API_VERSION,
    created: event.createdSec,
    data: { object, ...(previous === null ? {} : { previous_attributes: previous }) },
    livemode: false,
    pending_webhooks: pendingWebhooks,
    request: { id: event.requestId, idempotency_key: event.idempotencyKey },
    type: event.type,
  } as const;
}

/** A thin event as it is delivered: without its data. */
export function toStripeNotification(event: ThinEventState) {
  return {
    id: event.id,
    object: 'v2.core.event',
    context: null,
    created: new Date(event.createdMs).toISOString(),
    livemode: false,
    reason:
      event.requestId === null
        ? null
        : {
            type: 'request',
            request: { id: event.requestId, idempotency_key: event.idempotencyKey ?? '' },
          },
    related_object: event.related,
    ...(event.snapshotEventId === null ? {} : { snapshot_event: event.snapshotEventId }),
    type: event.type,
  } as const;
}

/** A thin event as it is fetched: with its data. */
export function toStripeThinEvent(event: ThinEventState) {
  const data: Json | null = event.dataJson === null ? null : JSON.parse(event.dataJson);
  return { ...toStripeNotification(event), ...(data === null ? {} : { data }) };
}
