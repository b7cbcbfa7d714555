import type Stripe from 'stripe';
import { emitThin } from '../events/emit.ts';
import { toStripeThinEvent } from '../events/event-view.ts';
import { invalidRequest, resourceMissing } from '../protocol/errors.ts';
import {
  type JsonParam,
  jsonArray,
  jsonObject,
  jsonOneOf,
  jsonOptional,
  jsonString,
  jsonStringMap,
} from '../protocol/json-params.ts';
import { pageParamsV2, paginateV2 } from '../protocol/paging-v2.ts';
import { array, optional, string } from '../protocol/params.ts';
import { type Route, routeV2 } from '../protocol/router.ts';
import { queue } from '../webhooks/deliveries.ts';
import {
  changeDestination,
  checkEnabledEvents,
  createDestination,
  type DestinationState,
  destinations,
} from '../webhooks/destinations.ts';
import type { Wire } from '../wire.ts';
import type { World } from '../world.ts';
import { checkPayloadVersion, checkRoomForDestination } from './webhook-endpoints.ts';

const PATH = '/v2/core/event_destinations';
const INCLUDES = ['webhook_endpoint.signing_secret', 'webhook_endpoint.url'] as const;

function requireDestination(world: World, id: string): DestinationState {
  const destination = destinations(world).get(id);
  if (destination === undefined || destination.deleted || destination.kind !== 'event_destination')
    throw resourceMissing('event destination', id);
  return destination;
}

function toStripeEventDestination(destination: DestinationState, include: readonly string[] = []) {
  const [secret] = destination.secrets;
  return {
    id: destination.id,
    object: 'v2.core.event_destination',
    created: new Date(destination.createdMs).toISOString(),
    description: destination.description ?? '',
    enabled_events: destination.enabledEvents,
    event_payload: destination.payload,
    events_from: ['@self'],
    livemode: false,
    metadata: destination.metadata,
    name: destination.name,
    ...(destination.apiVersion === null ? {} : { snapshot_api_version: destination.apiVersion }),
    status: destination.enabled ? 'enabled' : 'disabled',
    ...(destination.enabled ? {} : { status_details: { disabled: { reason: 'user' as const } } }),
    type: 'webhook_endpoint',
    updated: new Date(destination.updatedMs).toISOString(),
    webhook_endpoint: {
      ...(include.includes('webhook_endpoint.signing_secret') && secret !== undefined
        ? { signing_secret: secret.secret }
        : {}),
      ...(include.includes('webhook_endpoint.url') ? { url: destination.url } : {}),
    },
  } satisfies Wire<Stripe.V2.Core.EventDestination>;
}

function jsonUrl(): JsonParam<string> {
  const text = jsonString();
  return {
    absent: text.absent,
    parse(value, at) {
      const address = text.parse(value, at);
      if (!URL.canParse(address) || !/^https?:\/\//i.test(address))
        throw invalidRequest('Not a valid URL', { code: 'url_invalid', param: at });
      return address;
    },
  };
}

const name = jsonString({ maxLength: 255 });
const description = jsonOptional(jsonString({ maxLength: 1_000 }));
const eventList = jsonArray(jsonString(), { min: 1, max: 500 });
const metadata = jsonOptional(jsonStringMap({ maxKeys: 50, maxKeyLength: 40, maxLength: 500 }));
const endpoint = jsonObject({ url: jsonUrl() });
const includeBody = jsonOptional(jsonArray(jsonOneOf(INCLUDES)));
const includeUrl = jsonOptional(jsonArray(jsonOneOf(['webhook_endpoint.url'])));
const includeQuery = optional(array(string()));

function checkInclude(include: string[] | undefined): string[] {
  for (const [index, field] of (include ?? []).entries()) {
    if (field !== 'webhook_endpoint.url') {
      throw invalidRequest(`Invalid include[${index}]: must be webhook_endpoint.url`, {
        param: `include[${index}]`,
      });
    }
  }
  return include ?? [];
}

function switchRoute(action: 'disable' | 'enable'): Route {
  return routeV2({
    method: 'POST',
    path: `/v2/core/event_destinations/:id/${action}`,
    fidelity: 'exact',
    ownTime: true,
    handle(world, _input, { id }) {
      const destination = requireDestination(world, id);
      return toStripeEventDestination(
        changeDestination(world, destination, { enabled: action === 'enable' }),
      );
    },
  });
}

export const eventDestinationRoutes: Route[] = [
  routeV2({
    method: 'POST',
    path: PATH,
    fidelity: 'simplified',
    note: 'webhook endpoints only; snapshots of the endive versions; events of the own account',
    ownTime: true,
    body: {
      name,
      type: jsonOneOf(['webhook_endpoint'], ['amazon_eventbridge', 'azure_event_grid']),
      event_payload: jsonOneOf(['snapshot', 'thin']),
      enabled_events: eventList,
      description,
      events_from: jsonOptional(
        jsonArray(jsonOneOf(['@self', 'self'], ['@accounts', 'other_accounts', '@organization_members'])),
      ),
      include: includeBody,
      metadata,
      snapshot_api_version: jsonOptional(jsonString()),
      webhook_endpoint: endpoint,
    },
    handle(world, { body }) {
      const version = body.snapshot_api_version;
      if (version !== undefined && body.event_payload === 'thin') {
        throw invalidRequest('`snapshot_api_version` cannot be given for thin events.', {
          param: 'snapshot_api_version',
        });
      }
      const enabledEvents = checkEnabledEvents(body.enabled_events, body.event_payload);
      checkRoomForDestination(world);
      const destination = createDestination(world, {
        kind: 'event_destination',
        payload: body.event_payload,
        url: body.webhook_endpoint.url,
        enabledEvents,
        apiVersion: version === undefined ? null : checkPayloadVersion(version, 'snapshot_api_version'),
        name: body.name,
        description: body.description ?? null,
        metadata: Object.fromEntries(body.metadata ?? []),
      });
      return toStripeEventDestination(destination, body.include);
    },
  }),
  routeV2({
    method: 'GET',
    path: PATH,
    fidelity: 'exact',
    ownTime: true,
    params: { ...pageParamsV2, include: includeQuery },
    handle(world, { params }) {
      const include = checkInclude(params.include);
      const rows = destinations(world)
        .newestFirst()
        .filter(({ kind, deleted }) => kind === 'event_destination' && !deleted);
      const query = Object.fromEntries(include.map((field, index) => [`include[${index}]`, field]));
      return paginateV2(rows, params, {
        path: PATH,
        query,
        toStripe: (row) => toStripeEventDestination(row, include),
      });
    },
  }),
  routeV2({
    method: 'GET',
    path: '/v2/core/event_destinations/:id',
    fidelity: 'exact',
    ownTime: true,
    params: { include: includeQuery },
    handle: (world, { params }, { id }) =>
      toStripeEventDestination(requireDestination(world, id), checkInclude(params.include)),
  }),
  routeV2({
    method: 'POST',
    path: '/v2/core/event_destinations/:id',
    fidelity: 'exact',
    ownTime: true,
    body: {
      name: jsonOptional(name),
      description,
      enabled_events: jsonOptional(eventList),
      include: includeUrl,
      metadata,
      webhook_endpoint: jsonOptional(endpoint),
    },
    handle(world, { body }, { id }) {
      const found = requireDestination(world, id);
      const types = body.enabled_events;
      const changed = changeDestination(world, found, {
        name: body.name ?? found.name,
        description: body.description ?? found.description,
        enabledEvents: types === undefined ? found.enabledEvents : checkEnabledEvents(types, found.payload),
        metadata: { ...found.metadata, ...Object.fromEntries(body.metadata ?? []) },
        url: body.webhook_endpoint?.url ?? found.url,
      });
      return toStripeEventDestination(changed, body.include);
    },
  }),
  routeV2({
    method: 'DELETE',
    path: '/v2/core/event_destinations/:id',
    fidelity: 'exact',
    ownTime: true,
    handle(world, _input, { id }) {
      changeDestination(world, requireDestination(world, id), { deleted: true });
      return { id, object: 'v2.core.event_destination' };
    },
  }),
  switchRoute('disable'),
  switchRoute('enable'),
  routeV2({
    method: 'POST',
    path: '/v2/core/event_destinations/:id/ping',
    fidelity: 'exact',
    ownTime: true,
    handle(world, _input, { id }) {
      const destination = requireDestination(world, id);
      const type = 'v2.core.event_destination.ping';
      const related = { id, type: 'v2.core.event_destination', url: `${PATH}/${id}` };
      const event = emitThin(world, { type, related });
      queue(world, { id: event.id, type, objectId: id, payload: 'thin' }, destination);
      return toStripeThinEvent(event);
    },
  }),
];
