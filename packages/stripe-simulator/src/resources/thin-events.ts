import { toStripeThinEvent } from '../events/event-view.ts';
import { isReadable, thinEvents } from '../events/events.ts';
import { invalidRequest, resourceMissing } from '../protocol/errors.ts';
import type { FormValue } from '../protocol/form.ts';
import { pageParamsV2, paginateV2 } from '../protocol/paging-v2.ts';
import { array, optional, type Param, string, timeRange } from '../protocol/params.ts';
import { type Route, routeV2 } from '../protocol/router.ts';

/** `created` takes seconds, as the SDK sends them, or RFC 3339 instants, as the reference shows them. */
function createdRange(): Param<(atSec: number) => boolean> {
  const range = timeRange();
  return { absent: range.absent, parse: (value, at) => range.parse(inSeconds(value, at), at) };
}

function inSeconds(value: FormValue, at: string): FormValue {
  if (value instanceof Map)
    return new Map([...value].map(([key, item]) => [key, inSeconds(item, `${at}[${key}]`)]));
  if (/^\d+$/.test(value)) return value;
  const atMs = Date.parse(value);
  if (Number.isNaN(atMs)) throw invalidRequest(`Invalid timestamp: ${value.slice(0, 40)}`, { param: at });
  return String(Math.floor(atMs / 1_000));
}

export const thinEventRoutes: Route[] = [
  routeV2({
    method: 'GET',
    path: '/v2/core/events',
    fidelity: 'exact',
    ownTime: true,
    params: {
      ...pageParamsV2,
      created: optional(createdRange()),
      object_id: optional(string()),
      types: optional(array(string(), { max: 20 })),
    },
    handle(world, { params }) {
      const { created, object_id: objectId, types } = params;
      const rows = thinEvents(world)
        .newestFirst()
        .filter(
          (event) =>
            isReadable(world, event) &&
            (created === undefined || created(Math.floor(event.createdMs / 1_000))) &&
            (objectId === undefined || event.related?.id === objectId) &&
            (types === undefined || types.includes(event.type)),
        );
      const query: Record<string, string> = objectId === undefined ? {} : { object_id: objectId };
      for (const [index, type] of (types ?? []).entries()) query[`types[${index}]`] = type;
      return paginateV2(rows, params, { path: '/v2/core/events', query, toStripe: toStripeThinEvent });
    },
  }),
  routeV2({
    method: 'GET',
    path: '/v2/core/events/:id',
    fidelity: 'exact',
    ownTime: true,
    handle(world, _input, { id }) {
      const event = thinEvents(world).get(id);
      if (event === undefined || !isReadable(world, event)) throw resourceMissing('event', id);
      return toStripeThinEvent(event);
    },
  }),
];
