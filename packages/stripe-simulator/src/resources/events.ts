import { toStripeEvent } from '../events/event-view.ts';
import { type EventState, events, isReadable } from '../events/events.ts';
import { invalidRequest, resourceMissing } from '../protocol/errors.ts';
import { pageParams, paginate } from '../protocol/paging.ts';
import { array, boolean, optional, string, timeRange } from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import { pendingWebhooks } from '../webhooks/deliveries.ts';
import { destinations } from '../webhooks/destinations.ts';
import { matchesType } from '../webhooks/disturbances.ts';
import { resendEvent } from '../webhooks/webhooks.ts';
import type { World } from '../world.ts';

function requireEvent(world: World, id: string): EventState {
  const event = events(world).get(id);
  if (event === undefined || !isReadable(world, event)) throw resourceMissing('event', id);
  return event;
}

function view(world: World, event: EventState) {
  return toStripeEvent(event, { pendingWebhooks: pendingWebhooks(world, event.id) });
}

const returns = { kind: 'event', list: false };

export const eventRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/v1/events',
    fidelity: 'exact',
    returns: { ...returns, list: true },
    ownTime: true,
    params: {
      ...pageParams,
      created: optional(timeRange()),
      delivery_success: optional(boolean()),
      type: optional(string()),
      types: optional(array(string(), { max: 20 })),
    },
    handle(world, params) {
      const { created, delivery_success: delivered, type, types } = params;
      if (type !== undefined && types !== undefined) {
        throw invalidRequest('You may pass either `type` or `types`, but not both.', { param: 'types' });
      }
      const rows = events(world)
        .newestFirst()
        .filter(
          (event) =>
            isReadable(world, event) &&
            (created === undefined || created(event.createdSec)) &&
            (type === undefined || matchesType(type, event.type)) &&
            (types === undefined || types.includes(event.type)) &&
            (delivered === undefined || delivered === (pendingWebhooks(world, event.id) === 0)),
        );
      return paginate(rows, params, {
        url: '/v1/events',
        noun: 'event',
        toStripe: (event) => view(world, event),
      });
    },
  }),
  route({
    method: 'GET',
    path: '/v1/events/:id',
    fidelity: 'exact',
    returns,
    ownTime: true,
    handle: (world, _params, { id }) => view(world, requireEvent(world, id)),
  }),
  route({
    method: 'POST',
    path: '/v1/events/:id/retry',
    fidelity: 'simplified',
    note: 'what the Stripe CLI calls to resend an event; undocumented',
    returns,
    ownTime: true,
    params: { for_stripecli: optional(boolean()), webhook_endpoint: optional(string()) },
    handle(world, params, { id }) {
      const event = requireEvent(world, id);
      const endpointId = params.webhook_endpoint;
      const endpoint = endpointId === undefined ? undefined : destinations(world).get(endpointId);
      if (endpointId !== undefined && (endpoint === undefined || endpoint.deleted))
        throw resourceMissing('webhook endpoint', endpointId, 'webhook_endpoint');
      resendEvent(world, event.id, endpointId);
      return view(world, event);
    },
  }),
];
