import type Stripe from 'stripe';
import { invalidRequest, notImplemented, resourceMissing } from '../protocol/errors.ts';
import { pageParams, paginate } from '../protocol/paging.ts';
import {
  array,
  boolean,
  clearable,
  mergeMetadata,
  metadata,
  optional,
  string,
  url,
} from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import {
  changeDestination,
  checkEnabledEvents,
  createDestination,
  type DestinationState,
  destinations,
} from '../webhooks/destinations.ts';
import type { Wire } from '../wire.ts';
import type { World } from '../world.ts';

const MAX_ENDPOINTS = 16;

/** Throws once as many endpoints and destinations stand as Stripe allows. */
export function checkRoomForDestination(world: World): void {
  const standing = destinations(world)
    .oldestFirst()
    .filter(({ kind, deleted }) => kind !== 'forward' && !deleted);
  if (standing.length >= MAX_ENDPOINTS) {
    throw invalidRequest(`You have reached the maximum of ${MAX_ENDPOINTS} test webhook endpoints.`);
  }
}

/** Payloads are written in one major version only; any other is refused instead of being mislabelled. */
export function checkPayloadVersion(version: string, param: string): string {
  if (!/^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$/.test(version))
    throw invalidRequest(`Invalid API version: ${version.slice(0, 40)}`, { param });
  if (!version.endsWith('.endive')) throw notImplemented(`event payloads of the API version ${version}`);
  return version;
}

function requireEndpoint(world: World, id: string): DestinationState {
  const endpoint = destinations(world).get(id);
  if (endpoint === undefined || endpoint.deleted || endpoint.kind !== 'webhook_endpoint')
    throw resourceMissing('webhook endpoint', id);
  return endpoint;
}

function toStripeWebhookEndpoint(endpoint: DestinationState) {
  return {
    id: endpoint.id,
    object: 'webhook_endpoint',
    api_version: endpoint.apiVersion,
    application: null,
    created: Math.floor(endpoint.createdMs / 1_000),
    description: endpoint.description,
    enabled_events: endpoint.enabledEvents,
    livemode: false,
    metadata: endpoint.metadata,
    status: endpoint.enabled ? 'enabled' : 'disabled',
    url: endpoint.url,
  } satisfies Wire<Stripe.WebhookEndpoint>;
}

const returns = { kind: 'webhook_endpoint', list: false };
const eventList = array(string(), { max: 500 });

export const webhookEndpointRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/webhook_endpoints',
    fidelity: 'simplified',
    note: 'payloads of the endive versions only; no Connect endpoints',
    returns,
    ownTime: true,
    params: {
      enabled_events: eventList,
      url: url(),
      api_version: optional(string()),
      connect: optional(boolean()),
      description: clearable(string()),
      metadata: metadata(),
    },
    handle(world, params) {
      if (params.connect === true) throw notImplemented("the value 'true' of the parameter 'connect'");
      const enabledEvents = checkEnabledEvents(params.enabled_events, 'snapshot');
      const version = params.api_version;
      checkRoomForDestination(world);
      const endpoint = createDestination(world, {
        kind: 'webhook_endpoint',
        payload: 'snapshot',
        url: params.url,
        enabledEvents,
        apiVersion: version === undefined ? null : checkPayloadVersion(version, 'api_version'),
        description: params.description ?? null,
        metadata: mergeMetadata({}, params.metadata),
      });
      const [secret] = endpoint.secrets;
      return {
        ...toStripeWebhookEndpoint(endpoint),
        ...(secret === undefined ? {} : { secret: secret.secret }),
      };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/webhook_endpoints',
    fidelity: 'exact',
    returns: { ...returns, list: true },
    ownTime: true,
    params: pageParams,
    handle(world, params) {
      const rows = destinations(world)
        .newestFirst()
        .filter(({ kind, deleted }) => kind === 'webhook_endpoint' && !deleted);
      return paginate(rows, params, {
        url: '/v1/webhook_endpoints',
        noun: 'webhook endpoint',
        toStripe: toStripeWebhookEndpoint,
      });
    },
  }),
  route({
    method: 'GET',
    path: '/v1/webhook_endpoints/:id',
    fidelity: 'exact',
    returns,
    ownTime: true,
    handle: (world, _params, { id }) => toStripeWebhookEndpoint(requireEndpoint(world, id)),
  }),
  route({
    method: 'POST',
    path: '/v1/webhook_endpoints/:id',
    fidelity: 'exact',
    returns,
    ownTime: true,
    params: {
      description: clearable(string()),
      disabled: optional(boolean()),
      enabled_events: optional(eventList),
      metadata: metadata(),
      url: optional(url()),
    },
    handle(world, params, { id }) {
      const endpoint = requireEndpoint(world, id);
      const types = params.enabled_events;
      return toStripeWebhookEndpoint(
        changeDestination(world, endpoint, {
          description: params.description === undefined ? endpoint.description : params.description,
          enabled: params.disabled === undefined ? endpoint.enabled : !params.disabled,
          enabledEvents: types === undefined ? endpoint.enabledEvents : checkEnabledEvents(types, 'snapshot'),
          metadata: mergeMetadata(endpoint.metadata, params.metadata),
          url: params.url ?? endpoint.url,
        }),
      );
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/webhook_endpoints/:id',
    fidelity: 'exact',
    returns,
    ownTime: true,
    handle(world, _params, { id }) {
      changeDestination(world, requireEndpoint(world, id), { deleted: true });
      return { id, object: 'webhook_endpoint', deleted: true } satisfies Wire<Stripe.DeletedWebhookEndpoint>;
    },
  }),
];
