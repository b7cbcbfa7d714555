import Stripe from 'stripe';
import type { NewEventDestination, RawEventDestination } from '../../gateway.ts';
import { listAll, pageSize } from './list-all.ts';

/** Every address that events are sent to: event destinations, and the older webhook endpoints beside them. */
export async function listEventDestinations(stripe: Stripe): Promise<RawEventDestination[]> {
  const found: RawEventDestination[] = [];
  const destinations = stripe.v2.core.eventDestinations.list({
    include: ['webhook_endpoint.url'],
    limit: pageSize,
  });
  for await (const destination of destinations) {
    if (destination.type === 'webhook_endpoint') found.push(fromStripeEventDestination(destination));
  }
  const known = new Set(found.map(({ destinationId }) => destinationId));
  const endpoints = await listAll(stripe.webhookEndpoints.list({ limit: pageSize }));
  return [...found, ...endpoints.filter(({ id }) => !known.has(id)).map(fromStripeWebhookEndpoint)];
}

/** Snapshots are pinned to the SDK's own API version; it cannot be changed afterwards. */
export async function createEventDestination(
  stripe: Stripe,
  { name, url, payload, types }: NewEventDestination,
): Promise<RawEventDestination> {
  const destination = await stripe.v2.core.eventDestinations.create({
    name,
    type: 'webhook_endpoint',
    event_payload: payload,
    enabled_events: [...types],
    ...(payload === 'snapshot' ? { snapshot_api_version: Stripe.API_VERSION } : {}),
    include: ['webhook_endpoint.signing_secret', 'webhook_endpoint.url'],
    webhook_endpoint: { url },
  });
  return fromStripeEventDestination(destination);
}

/** Sends exactly these types from now on, and is enabled. */
export async function updateEventDestination(
  stripe: Stripe,
  { destinationId, types }: { destinationId: string; types: readonly string[] },
): Promise<RawEventDestination> {
  if (destinationId.startsWith('we_')) {
    const endpoint = await stripe.webhookEndpoints.update(destinationId, {
      enabled_events: types as Stripe.WebhookEndpointUpdateParams.EnabledEvent[],
      disabled: false,
    });
    return fromStripeWebhookEndpoint(endpoint);
  }
  const changed = await stripe.v2.core.eventDestinations.update(destinationId, {
    enabled_events: [...types],
    include: ['webhook_endpoint.url'],
  });
  if (changed.status === 'enabled') return fromStripeEventDestination(changed);
  const { status } = await stripe.v2.core.eventDestinations.enable(destinationId);
  return fromStripeEventDestination({ ...changed, status });
}

function fromStripeEventDestination(destination: Stripe.V2.Core.EventDestination): RawEventDestination {
  return {
    destinationId: destination.id,
    url: destination.webhook_endpoint?.url ?? '',
    payload: destination.event_payload,
    types: destination.enabled_events,
    enabled: destination.status === 'enabled',
    secret: destination.webhook_endpoint?.signing_secret ?? null,
  };
}

function fromStripeWebhookEndpoint(endpoint: Stripe.WebhookEndpoint): RawEventDestination {
  return {
    destinationId: endpoint.id,
    url: endpoint.url,
    payload: 'snapshot',
    types: endpoint.enabled_events,
    enabled: endpoint.status === 'enabled',
    secret: null,
  };
}
