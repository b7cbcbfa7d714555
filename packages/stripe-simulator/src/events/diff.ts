import type { Json } from '../wire.ts';

/**
 * Stripe's `previous_attributes`: the earlier values of what differs, with nested maps reduced to the keys that
 * differ. Lists are given whole. `undefined` when nothing differs but the time of the update.
 */
export function previousAttributes(before: object, after: object): Json | undefined {
  const earlier = new Map(Object.entries(before));
  const later = new Map(Object.entries(after));
  const changed: Array<[string, unknown]> = [];
  for (const key of new Set([...earlier.keys(), ...later.keys()])) {
    const was = earlier.get(key);
    const is = later.get(key);
    if (JSON.stringify(was) === JSON.stringify(is)) continue;
    changed.push([key, isMap(was) && isMap(is) ? previousAttributes(was, is) : (was ?? null)]);
  }
  const nothing = changed.every(([key]) => key === 'updated');
  return nothing ? undefined : Object.fromEntries(changed);
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
