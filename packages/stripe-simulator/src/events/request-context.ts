import type { World } from '../world.ts';

/** The API call that causes what happens now; events carry it. */
export interface RequestContext {
  id: string;
  idempotencyKey: string | null;
}

const running = new WeakMap<World, RequestContext>();

/** The API call that runs at this moment, or `null` while the simulator acts by itself. */
export function currentRequest(world: World): RequestContext | null {
  return running.get(world) ?? null;
}

/** Runs `work`, which must not be asynchronous, on behalf of an API call: events that it emits name the call. */
export function withRequest<T>(world: World, request: RequestContext, work: () => T): T {
  running.set(world, request);
  try {
    return work();
  } finally {
    running.delete(world);
  }
}
