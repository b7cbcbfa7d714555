import type { Json } from '../wire.ts';
import type { World } from '../world.ts';
import { invalidRequest } from './errors.ts';

const MAX_LEVELS = 4;

/** How a property of an object can be expanded. */
export interface Edge {
  /** The kind of object found there; left out for plain values. */
  to?: string;
  /** Set for a property that is absent unless asked for. */
  reveal?: (world: World, owner: Json) => unknown;
  /** True when the object is already there in full and the path only passes through it. */
  inline?: boolean;
}

/** Expandable properties by kind, then by path within the object (`pricing.price_details.price`). */
export type ExpansionMap = Record<string, Record<string, Edge>>;
/** Turns an id into its object, by kind. */
export type Loaders = Record<string, (world: World, id: string) => unknown>;

interface Step {
  path: string[];
  edge: Edge;
}

/** `customer`, or a list of them. */
export interface Returned {
  kind: string;
  list: boolean;
}

/**
 * Checks the paths before anything happens (an unknown path or more than four levels is Stripe's 400) and returns
 * the function that expands an answer in place.
 */
export function planExpansion(
  paths: readonly string[],
  returned: Returned | undefined,
  expansions: ExpansionMap,
  loaders: Loaders,
): (world: World, answer: Json) => void {
  const plans = paths.map((path) => stepsOf(path, returned, expansions));
  return (world, answer) => {
    for (const steps of plans) applySteps(world, [answer], steps, loaders);
  };
}

function stepsOf(path: string, returned: Returned | undefined, expansions: ExpansionMap): Step[] {
  const segments = path.split('.');
  if (segments.length > MAX_LEVELS) {
    throw invalidRequest(`You cannot expand more than ${MAX_LEVELS} levels of a property (${path}).`, {
      param: 'expand',
    });
  }
  const steps: Step[] = [];
  let kind = returned?.kind;
  let rest = segments;
  if (returned?.list === true) {
    if (segments[0] !== 'data') throw cannotExpand(segments[0] ?? '');
    steps.push({ path: ['data'], edge: { to: returned.kind, inline: true } });
    rest = segments.slice(1);
  }
  while (rest.length > 0) {
    const step = firstStep(rest, kind === undefined ? {} : (expansions[kind] ?? {}));
    if (step === undefined) throw cannotExpand(rest[0] ?? '');
    steps.push(step);
    kind = step.edge.to;
    rest = rest.slice(step.path.length);
  }
  return steps;
}

function firstStep(segments: string[], edges: Record<string, Edge>): Step | undefined {
  for (let length = segments.length; length > 0; length -= 1) {
    const path = segments.slice(0, length);
    const key = path.join('.');
    const edge = Object.hasOwn(edges, key) ? edges[key] : undefined;
    if (edge !== undefined) return { path, edge };
  }
  return undefined;
}

function cannotExpand(segment: string): Error {
  return invalidRequest(`This property cannot be expanded (${segment}).`, { param: 'expand' });
}

function applySteps(world: World, owners: Json[], steps: Step[], loaders: Loaders): void {
  let current = owners;
  for (const { path, edge } of steps) {
    current = current.flatMap((owner) => follow(world, owner, path, edge, loaders));
  }
}

function follow(world: World, owner: Json, path: string[], edge: Edge, loaders: Loaders): Json[] {
  let holders: Json[] = [owner];
  for (const segment of path.slice(0, -1)) holders = holders.flatMap((holder) => jsons(holder[segment]));
  const key = path.at(-1) ?? '';
  return holders.flatMap((holder) => {
    const value = holder[key];
    if (edge.reveal !== undefined) holder[key] = edge.reveal(world, owner);
    else if (typeof value === 'string' && edge.to !== undefined && edge.inline !== true) {
      const load = loaders[edge.to];
      if (load !== undefined) holder[key] = load(world, value);
    }
    return jsons(holder[key]);
  });
}

function jsons(value: unknown): Json[] {
  if (Array.isArray(value)) return value.flatMap(jsons);
  return isJson(value) ? [value] : [];
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
