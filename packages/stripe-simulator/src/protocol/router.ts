import type { Json } from '../wire.ts';
import type { World } from '../world.ts';
import { invalidRequest } from './errors.ts';
import { type ExpansionMap, type Loaders, planExpansion, type Returned } from './expand.ts';
import type { FormMap } from './form.ts';
import { array, optional, type Param, type Parsed, parseShape, type Shape, string } from './params.ts';

export type Method = 'GET' | 'POST' | 'DELETE';
/** How true a route is: `simplified` ones say what they leave out in `note`. */
export type Fidelity = 'exact' | 'simplified';

type PathNames<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | PathNames<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;

export interface RouteOptions<Path extends string, S extends Shape> {
  method: Method;
  path: Path;
  fidelity: Fidelity;
  note?: string;
  /** What comes back, for `expand`; left out for objects without an expandable property. */
  returns?: Returned;
  params?: S;
  /** Parameters that Stripe takes and the simulator lacks: they are answered with 501, not ignored. */
  missing?: readonly string[];
  handle(world: World, params: Parsed<S>, path: Record<PathNames<Path>, string>): object;
}

export interface Route {
  method: Method;
  path: string;
  fidelity: Fidelity;
  note: string;
  /** Validates without any effect; the returned function has the effect and gives the answer. */
  prepare(form: FormMap, path: Map<string, string>, registry: Registry): (world: World) => Json;
}

export interface Registry {
  expansions: ExpansionMap;
  loaders: Loaders;
}

const expandParam: Param<string[] | undefined> = optional(array(string(), { max: 20 }));

/** Declares a route: the handler sees typed parameters and typed path names. */
export function route<const Path extends string, S extends Shape>(options: RouteOptions<Path, S>): Route {
  const names = options.path.split('/').filter((part) => part.startsWith(':'));
  return {
    method: options.method,
    path: options.path,
    fidelity: options.fidelity,
    note: options.note ?? '',
    prepare(form, path, registry) {
      const { expand, ...rest } = splitExpand(form);
      const params = parseShape(rest.form, options.params ?? noParams<S>(), options.missing);
      const apply = planExpansion(expand, options.returns, registry.expansions, registry.loaders);
      const named = Object.fromEntries(names.map((name) => [name.slice(1), path.get(name.slice(1)) ?? '']));
      return (world) => {
        const answer: Json = { ...options.handle(world, params, named as Record<PathNames<Path>, string>) };
        apply(world, answer);
        return answer;
      };
    },
  };
}

function noParams<S extends Shape>(): S {
  return {} as S;
}

function splitExpand(form: FormMap): { expand: string[]; form: FormMap } {
  const given = form.get('expand');
  if (given === undefined) return { expand: [], form };
  const rest = new Map(form);
  rest.delete('expand');
  return { expand: expandParam.parse(given, 'expand') ?? [], form: rest };
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

function matchParts(parts: readonly string[], segments: readonly string[]): Map<string, string> | undefined {
  const found = new Map<string, string>();
  for (const [index, part] of parts.entries()) {
    const segment = segments[index] ?? '';
    if (part.startsWith(':') && segment !== '') found.set(part.slice(1), decodeSegment(segment));
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
