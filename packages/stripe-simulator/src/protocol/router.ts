import type { Json } from '../wire.ts';
import type { World } from '../world.ts';
import { invalidRequest } from './errors.ts';
import { type ExpansionMap, type Loaders, planExpansion, type Returned } from './expand.ts';
import type { FormMap } from './form.ts';
import { type JsonParsed, type JsonShape, parseJsonShape } from './json-params.ts';
import { array, optional, type Param, type Parsed, parseShape, type Shape, string } from './params.ts';
import { applyLegacy, type LegacyParam } from './version.ts';

export type Method = 'GET' | 'POST' | 'DELETE';
/** How true a route is: `simplified` ones say what they leave out in `note`. */
export type Fidelity = 'exact' | 'simplified';

type PathNames<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | PathNames<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;

interface Declared<Path extends string> {
  method: Method;
  path: Path;
  fidelity: Fidelity;
  note?: string;
  /** Keeps the route on the simulator's own time, also for customers on a test clock. */
  ownTime?: boolean;
  /** Names what the request writes to, where Stripe takes one call at a time; read from what is not yet checked. */
  lane?: (world: World, input: RequestInput) => string | null;
}

export interface RouteOptions<Path extends string, S extends Shape> extends Declared<Path> {
  /** What comes back, for `expand`; left out for objects without an expandable property. */
  returns?: Returned;
  params?: S;
  /** Parameters that Stripe takes and the simulator lacks: they are answered with 501, not ignored. */
  missing?: readonly string[];
  /** Parameters of earlier API versions, for requests that speak one. */
  legacy?: readonly LegacyParam[];
  handle(world: World, params: Parsed<S>, path: Record<PathNames<Path>, string>): object;
}

export interface RouteV2Options<Path extends string, S extends Shape, B extends JsonShape>
  extends Declared<Path> {
  /** The query's parameters, for GET and DELETE. */
  params?: S;
  /** The fields of the JSON body, for POST. */
  body?: B;
  handle(
    world: World,
    input: { params: Parsed<S>; body: JsonParsed<B> },
    path: Record<PathNames<Path>, string>,
  ): object;
}

/** What a request says, decoded and not yet checked. */
export interface RequestInput {
  /** The query of a GET or DELETE, the body of a v1 POST. */
  form: FormMap;
  /** The body of a v2 POST. */
  json: unknown;
  /** The day of the API version that the request names, if it names one. */
  versionDay: string | null;
}

export interface Route {
  method: Method;
  path: string;
  fidelity: Fidelity;
  note: string;
  lane?: Declared<string>['lane'];
  /** Validates without any effect; the returned function has the effect and gives the answer. */
  prepare(input: RequestInput, path: Map<string, string>, registry: Registry): (world: World) => Json;
}

export interface Registry {
  expansions: ExpansionMap;
  loaders: Loaders;
  /** Whose request it is, by its parameters and the ids in its path; `null` for nobody's. */
  ownerOf(world: World, form: FormMap, path: Map<string, string>): string | null;
}

const expandParam: Param<string[] | undefined> = optional(array(string(), { max: 20 }));

/**
 * Declares a route: the handler sees typed parameters and typed path names, and runs on the line of time of the
 * request's customer.
 */
export function route<const Path extends string, S extends Shape>(options: RouteOptions<Path, S>): Route {
  const namesOf = pathNames(options.path);
  return {
    ...described(options),
    prepare({ form, versionDay }, path, registry) {
      const spoken = applyLegacy(form, options.legacy ?? [], versionDay);
      const { expand, rest } = splitExpand(spoken);
      const params = parseShape(rest, options.params ?? noParams<S>(), options.missing);
      const apply = planExpansion(expand, options.returns, registry.expansions, registry.loaders);
      const work = (world: World): Json => {
        const answer: Json = { ...options.handle(world, params, namesOf(path)) };
        apply(world, answer);
        return answer;
      };
      return inOwnersTime(options, work, (world) => registry.ownerOf(world, rest, path));
    },
  };
}

/**
 * Declares a route of the v2 API: a JSON body for POST, a query for the rest. Errors take v2's shape by the path.
 */
export function routeV2<
  const Path extends string,
  S extends Shape = Record<never, never>,
  B extends JsonShape = Record<never, never>,
>(options: RouteV2Options<Path, S, B>): Route {
  const namesOf = pathNames(options.path);
  return {
    ...described(options),
    prepare({ form, json }, path, registry) {
      const input = {
        params: parseShape(form, options.params ?? noParams<S>()),
        body: parseJsonShape(json ?? {}, options.body ?? noParams<B>()),
      };
      const work = (world: World): Json => ({ ...options.handle(world, input, namesOf(path)) });
      return inOwnersTime(options, work, (world) => registry.ownerOf(world, form, path));
    },
  };
}

function described({ method, path, fidelity, note = '', lane }: Declared<string>) {
  return { method, path, fidelity, note, ...(lane === undefined ? {} : { lane }) };
}

function pathNames<Path extends string>(
  path: Path,
): (found: Map<string, string>) => Record<PathNames<Path>, string> {
  const names = path.split('/').flatMap((part) => (part.startsWith(':') ? [part.slice(1)] : []));
  return (found) =>
    Object.fromEntries(names.map((name) => [name, found.get(name) ?? ''])) as Record<PathNames<Path>, string>;
}

function inOwnersTime(
  { ownTime, method }: { ownTime?: boolean; method: Method },
  work: (world: World) => Json,
  ownerOf: (world: World) => string | null,
): (world: World) => Json {
  if (ownTime === true) return work;
  return (world) => {
    if (!world.hasClocks()) return work(world);
    const customerId = ownerOf(world);
    if (method !== 'GET' && customerId !== null) world.refuseWhileAdvancing(customerId);
    return world.inTimeOf(customerId, () => work(world));
  };
}

function noParams<S>(): S {
  return {} as S;
}

function splitExpand(form: FormMap): { expand: string[]; rest: FormMap } {
  const given = form.get('expand');
  if (given === undefined) return { expand: [], rest: form };
  const rest = new Map(form);
  rest.delete('expand');
  return { expand: expandParam.parse(given, 'expand') ?? [], rest };
}

export interface Match {
  route: Route;
  path: Map<string, string>;
}

/** Finds the route for a method and path; fixed paths win over those with names in them. */
export function createRouter(routes: readonly Route[]): (method: string, path: string) => Match | undefined {
  const fixed = new Map<string, Route>();
  const named = new Map<string, Array<{ route: Route; parts: string[] }>>();
  for (const candidate of routes) {
    const parts = candidate.path.split('/');
    if (!candidate.path.includes(':')) fixed.set(`${candidate.method} ${candidate.path}`, candidate);
    else {
      const key = `${candidate.method} ${parts.length}`;
      named.set(key, [...(named.get(key) ?? []), { route: candidate, parts }]);
    }
  }
  return (method, path) => {
    const exact = fixed.get(`${method} ${path}`);
    if (exact !== undefined) return { route: exact, path: new Map() };
    const segments = path.split('/');
    for (const { route: candidate, parts } of named.get(`${method} ${segments.length}`) ?? []) {
      const found = matchParts(parts, segments);
      if (found !== undefined) return { route: candidate, path: found };
    }
    return undefined;
  };
}

/** No id is `search`: that is a route of its own at Stripe. */
function matchParts(parts: readonly string[], segments: readonly string[]): Map<string, string> | undefined {
  const found = new Map<string, string>();
  for (const [index, part] of parts.entries()) {
    const segment = segments[index] ?? '';
    if (part.startsWith(':') && segment !== '' && segment !== 'search')
      found.set(part.slice(1), decodeSegment(segment));
    else if (part !== segment) return undefined;
  }
  return found;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw invalidRequest('Invalid request: the path contains a malformed percent-encoding.');
  }
}
