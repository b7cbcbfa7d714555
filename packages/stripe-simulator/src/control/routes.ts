import type { Assumptions } from '../assumptions.ts';
import { isCurrency, unknownCurrency } from '../protocol/currencies.ts';
import { invalidRequest, RATE_LIMITED_REASONS, StripeFault } from '../protocol/errors.ts';
import {
  jsonBoolean,
  jsonInteger,
  jsonNullable,
  jsonOneOf,
  jsonOptional,
  jsonString,
} from '../protocol/json-params.ts';
import { RATE_LIMIT_PROFILES } from '../protocol/rate-limits.ts';
import type { RequestFilter, RequestLog } from '../protocol/request-log.ts';
import type { Webhooks } from '../webhooks/webhooks.ts';
import { type ControlRoute, controlRoute } from './control-route.ts';
import { paymentControlRoutes } from './payment-routes.ts';
import type { Payments } from './payments.ts';
import type { Snapshot } from './snapshots.ts';
import type { Switches } from './switches.ts';
import { webhookControlRoutes } from './webhook-routes.ts';

/** What the switches act on. */
export interface ControlParts {
  nowMs(): number;
  advance(ms: number): Promise<void>;
  advanceTo(ms: number): Promise<void>;
  faults: Switches;
  requests: RequestLog;
  assumptions: Assumptions;
  snapshot(): Snapshot;
  webhooks: Webhooks;
  payments: Payments;
}

const MAX_SNAPSHOTS = 50;

const target = {
  path: jsonOptional(jsonString({ maxLength: 500 })),
  method: jsonOptional(jsonOneOf(['DELETE', 'GET', 'POST'])),
  times: jsonOptional(jsonInteger({ min: 1, max: 1_000_000 })),
};

/** Every switch that can be thrown over HTTP. */
export function controlRoutes(parts: ControlParts): ControlRoute[] {
  return [
    ...clockRoutes(parts),
    ...faultRoutes(parts),
    ...requestRoutes(parts),
    ...snapshotRoutes(parts),
    ...assumptionRoutes(parts),
    ...webhookControlRoutes(parts.webhooks),
    ...paymentControlRoutes(parts.payments),
  ];
}

function clockRoutes({ nowMs, advance, advanceTo }: ControlParts): ControlRoute[] {
  const now = () => ({ nowMs: nowMs() });
  return [
    controlRoute({ method: 'GET', path: '/clock', handle: now }),
    controlRoute({
      method: 'POST',
      path: '/clock/advance',
      body: {
        ms: jsonOptional(jsonInteger({ min: 0 })),
        toMs: jsonOptional(jsonInteger({ min: 0 })),
      },
      async handle({ ms, toMs }) {
        if ((ms === undefined) === (toMs === undefined)) throw invalidRequest('Give either ms or toMs.');
        if (toMs !== undefined) await advanceTo(toMs);
        else await advance(ms ?? 0);
        return now();
      },
    }),
  ];
}

function faultRoutes({ faults }: ControlParts): ControlRoute[] {
  return [
    controlRoute({
      method: 'POST',
      path: '/faults/fail-next',
      body: {
        ...target,
        status: jsonInteger({ min: 400, max: 599 }),
        code: jsonOptional(jsonString({ maxLength: 100 })),
        when: jsonOptional(jsonOneOf(['before', 'after'])),
        shouldRetry: jsonOptional(jsonBoolean()),
      },
      handle({ status, code, when, shouldRetry, ...where }) {
        faults.failNext({
          ...targetOf(where),
          status,
          ...(code === undefined ? {} : { code }),
          ...(when === undefined ? {} : { when }),
          ...(shouldRetry === undefined ? {} : { shouldRetry }),
        });
        return {};
      },
    }),
    controlRoute({
      method: 'POST',
      path: '/faults/reset-next',
      body: target,
      handle(where) {
        faults.resetNext(targetOf(where));
        return {};
      },
    }),
    controlRoute({
      method: 'POST',
      path: '/faults/truncate-next',
      body: target,
      handle(where) {
        faults.truncateNext(targetOf(where));
        return {};
      },
    }),
    controlRoute({
      method: 'POST',
      path: '/faults/outage',
      body: { down: jsonBoolean() },
      handle({ down }) {
        faults.setOutage(down);
        return { down };
      },
    }),
    controlRoute({
      method: 'POST',
      path: '/faults/latency',
      body: { ms: jsonInteger({ min: 0, max: 600_000 }) },
      handle({ ms }) {
        faults.setLatency(ms);
        return { ms };
      },
    }),
    controlRoute({
      method: 'POST',
      path: '/faults/storm',
      body: { reason: jsonNullable(jsonOneOf(RATE_LIMITED_REASONS)) },
      handle({ reason = null }) {
        faults.setStorm(reason);
        return { reason };
      },
    }),
    controlRoute({
      method: 'POST',
      path: '/faults/aggregation-lag',
      body: { ms: jsonInteger({ min: 0 }) },
      handle({ ms }) {
        faults.setAggregationLag(ms);
        return { ms };
      },
    }),
    controlRoute({
      method: 'POST',
      path: '/faults/rate-limits',
      body: {
        profile: jsonOneOf(RATE_LIMIT_PROFILES),
        clock: jsonOptional(jsonOneOf(['real', 'simulator'])),
      },
      handle({ profile, clock = 'real' }) {
        faults.setRateLimits(profile, clock);
        return { profile, clock };
      },
    }),
    controlRoute({
      method: 'DELETE',
      path: '/faults',
      handle() {
        faults.clear();
        return {};
      },
    }),
  ];
}

function requestRoutes({ requests }: ControlParts): ControlRoute[] {
  return [
    controlRoute({
      method: 'GET',
      path: '/requests',
      handle: (_body, { query }) => ({ requests: requests.all(filterOf(query)) }),
    }),
    controlRoute({
      method: 'GET',
      path: '/requests/count',
      handle: (_body, { query }) => ({ count: requests.callCount(filterOf(query)) }),
    }),
    controlRoute({
      method: 'DELETE',
      path: '/requests',
      handle() {
        requests.clear();
        return {};
      },
    }),
  ];
}

function snapshotRoutes({ snapshot }: ControlParts): ControlRoute[] {
  const kept = new Map<string, Snapshot>();
  let count = 0;
  const required = (id: string | undefined): Snapshot => {
    const found = kept.get(id ?? '');
    if (found === undefined) throw new StripeFault(`No such snapshot: '${id}'`, { status: 404 });
    return found;
  };
  return [
    controlRoute({
      method: 'POST',
      path: '/snapshots',
      handle() {
        if (kept.size >= MAX_SNAPSHOTS)
          throw invalidRequest(`At most ${MAX_SNAPSHOTS} snapshots are kept; delete one first.`);
        count += 1;
        const id = `snapshot_${count}`;
        const taken = snapshot();
        kept.set(id, taken);
        return { id, takenAtMs: taken.takenAtMs };
      },
    }),
    controlRoute({
      method: 'POST',
      path: '/snapshots/:id/restore',
      handle(_body, { path }) {
        const found = required(path.id);
        found.restore();
        return { nowMs: found.takenAtMs };
      },
    }),
    controlRoute({
      method: 'DELETE',
      path: '/snapshots/:id',
      handle(_body, { path }) {
        required(path.id);
        kept.delete(path.id ?? '');
        return {};
      },
    }),
  ];
}

function assumptionRoutes({ assumptions }: ControlParts): ControlRoute[] {
  return [
    controlRoute({ method: 'GET', path: '/assumptions', handle: () => assumptions }),
    {
      method: 'POST',
      path: '/assumptions',
      run({ body }) {
        changeAssumptions(assumptions, body);
        return assumptions;
      },
    },
  ];
}

/** Changes the named assumptions, all or none: an unknown name or a value of another type is refused. */
export function changeAssumptions(assumptions: Assumptions, change: unknown): void {
  if (typeof change !== 'object' || change === null || Array.isArray(change))
    throw invalidRequest('The body must be an object.');
  const known = new Map<string, unknown>(Object.entries(assumptions));
  for (const [name, value] of Object.entries(change)) {
    if (!known.has(name)) throw invalidRequest(`There is no assumption '${name}'.`, { param: name });
    if (typeof value !== typeof known.get(name) || (typeof value === 'number' && !(value >= 0)))
      throw invalidRequest(`Invalid ${name}: it must be a ${typeof known.get(name)}.`, { param: name });
  }
  const local = Reflect.get(change, 'adaptivePricingCurrency');
  if (typeof local === 'string' && local !== 'none' && !isCurrency(local))
    throw invalidRequest(unknownCurrency(local), { param: 'adaptivePricingCurrency' });
  Object.assign(assumptions, change);
}

function targetOf(where: {
  path: string | undefined;
  method: string | undefined;
  times: number | undefined;
}): { path?: RegExp; method?: string; times?: number } {
  return {
    ...(where.path === undefined ? {} : { path: patternOf(where.path) }),
    ...(where.method === undefined ? {} : { method: where.method }),
    ...(where.times === undefined ? {} : { times: where.times }),
  };
}

function patternOf(source: string): RegExp {
  try {
    return new RegExp(source);
  } catch {
    throw invalidRequest(`Invalid path: '${source}' is no regular expression.`, { param: 'path' });
  }
}

function filterOf(query: URLSearchParams): RequestFilter {
  const method = query.get('method');
  const path = query.get('path');
  const status = query.get('status');
  return {
    ...(method === null ? {} : { method }),
    ...(path === null ? {} : { path: patternOf(path) }),
    ...(status === null ? {} : { status: Number(status) }),
  };
}
