import { invalidRequest } from '../protocol/errors.ts';
import {
  type JsonParam,
  jsonArray,
  jsonBoolean,
  jsonInteger,
  jsonOneOf,
  jsonOptional,
  jsonString,
} from '../protocol/json-params.ts';
import type { RetrySchedule } from '../webhooks/settings.ts';
import type { DeliveryFilter, Webhooks } from '../webhooks/webhooks.ts';
import { type ControlRoute, controlRoute } from './control-route.ts';

const named = jsonOneOf(['live', 'sandbox']);
const steps = jsonArray(jsonInteger({ min: 0, max: 31_536_000 }), { max: 100 });
const retries: JsonParam<RetrySchedule> = {
  parse: (value, at) => (Array.isArray(value) ? steps.parse(value, at) : named.parse(value, at)),
  absent: named.absent,
};
const types = jsonOptional(jsonArray(jsonString({ maxLength: 200 })));

/** The switches of webhooks over HTTP: the same as `simulator.webhooks`. */
export function webhookControlRoutes(webhooks: Webhooks): ControlRoute[] {
  return [
    controlRoute({
      method: 'GET',
      path: '/webhooks/deliveries',
      handle: (_body, { query }) => ({ deliveries: webhooks.deliveries(filterOf(query)) }),
    }),
    controlRoute({
      method: 'GET',
      path: '/webhooks/destinations',
      handle: () => ({ destinations: webhooks.destinations() }),
    }),
    controlRoute({ method: 'GET', path: '/webhooks/settings', handle: () => webhooks.settings }),
    controlRoute({
      method: 'POST',
      path: '/webhooks/settings',
      body: {
        retries: jsonOptional(retries),
        concurrency: jsonOptional(jsonOneOf(['concurrent', 'one-at-a-time'])),
        order: jsonOptional(jsonOneOf(['emitted', 'reversed', 'shuffled'])),
        timestamps: jsonOptional(jsonOneOf(['real', 'simulator'])),
        timeoutMs: jsonOptional(jsonInteger({ min: 1, max: 600_000 })),
        automatic: jsonOptional(jsonBoolean()),
      },
      handle(change) {
        webhooks.configure(given(change));
        return webhooks.settings;
      },
    }),
    controlRoute({
      method: 'POST',
      path: '/webhooks/disturb',
      body: {
        action: jsonOneOf(['delay', 'drop', 'duplicate']),
        types,
        destination: jsonOptional(jsonString()),
        times: jsonOptional(jsonInteger({ min: 1, max: 1_000_000 })),
        delaySec: jsonOptional(jsonInteger({ min: 0, max: 31_536_000 })),
      },
      handle({ action, ...rest }) {
        webhooks.disturb({ action, ...given(rest) });
        return {};
      },
    }),
    act('/webhooks/calm', () => webhooks.calm()),
    act('/webhooks/pause', () => webhooks.pause()),
    act('/webhooks/resume', () => webhooks.resume()),
    controlRoute({
      method: 'POST',
      path: '/webhooks/settled',
      async handle() {
        await webhooks.settled();
        return { deliveries: webhooks.deliveries() };
      },
    }),
    controlRoute({
      method: 'POST',
      path: '/webhooks/roll-secret',
      body: { destination: jsonString(), keepOldForSec: jsonOptional(jsonInteger({ min: 0 })) },
      handle: ({ destination, ...rest }) => ({ secret: webhooks.rollSecret(destination, given(rest)) }),
    }),
    controlRoute({
      method: 'POST',
      path: '/webhooks/resend',
      body: { event: jsonString(), destination: jsonOptional(jsonString()) },
      handle({ event, destination }) {
        webhooks.resend(event, destination);
        return {};
      },
    }),
    controlRoute({
      method: 'POST',
      path: '/webhooks/forward',
      body: {
        url: jsonString(),
        secret: jsonOptional(jsonString()),
        payload: jsonOptional(jsonOneOf(['snapshot', 'thin'])),
        events: types,
      },
      handle: ({ url, ...rest }) => webhooks.forward({ url, ...given(rest) }),
    }),
  ];
}

function act(path: string, work: () => void): ControlRoute {
  return controlRoute({
    method: 'POST',
    path,
    handle() {
      work();
      return {};
    },
  });
}

type Given<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

function given<T extends object>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
}

const FILTERS = new Set(['destination', 'event', 'state', 'type']);
const STATES = ['canceled', 'delivered', 'failed', 'pending'] as const;

function filterOf(query: URLSearchParams): DeliveryFilter {
  for (const name of query.keys())
    if (!FILTERS.has(name))
      throw invalidRequest(`There is no filter '${name}', only ${[...FILTERS].join(', ')}.`);
  const type = query.get('type');
  const eventId = query.get('event');
  const destinationId = query.get('destination');
  const wanted = query.get('state');
  const state = STATES.find((candidate) => candidate === wanted);
  if (wanted !== null && state === undefined)
    throw invalidRequest(`Invalid state: must be one of ${STATES.join(', ')}.`, { param: 'state' });
  return {
    ...(type === null ? {} : { type }),
    ...(eventId === null ? {} : { eventId }),
    ...(destinationId === null ? {} : { destinationId }),
    ...(state === undefined ? {} : { state }),
  };
}
