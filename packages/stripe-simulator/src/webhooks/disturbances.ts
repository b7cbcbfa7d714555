import { perWorld } from '../table.ts';
import type { World } from '../world.ts';

/** What goes wrong with the next deliveries that match. */
export interface Disturbance {
  /** `duplicate` sends twice (both at once when deliveries are concurrent), `delay` later, and `drop` loses the first attempt on the way: it is retried. */
  action: 'duplicate' | 'delay' | 'drop';
  /** Event types, where a final `*` stands for anything (`invoice.*`); every type when left out. */
  types?: readonly string[];
  destination?: string;
  /** How many deliveries; 1 when left out. */
  times?: number;
  /** For `delay`: seconds of the simulator's clock; an hour when left out. */
  delaySec?: number;
}

export const disturbances = perWorld<{ plans: Array<Disturbance & { left: number }> }>(() => ({ plans: [] }));

/** Uses up the first plan of this action that matches, if there is one. */
export function takeDisturbance(
  world: World,
  action: Disturbance['action'],
  delivery: { eventType: string; destinationId: string },
): Disturbance | undefined {
  const state = disturbances(world);
  const plan = state.plans.find(
    (candidate) =>
      candidate.action === action &&
      (candidate.destination === undefined || candidate.destination === delivery.destinationId) &&
      (candidate.types === undefined ||
        candidate.types.some((type) => matchesType(type, delivery.eventType))),
  );
  if (plan === undefined) return undefined;
  plan.left -= 1;
  state.plans = state.plans.filter((candidate) => candidate.left > 0);
  return plan;
}

/** Whether a type is the pattern, or lies under a pattern that ends in `*`. */
export function matchesType(pattern: string, type: string): boolean {
  return pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type;
}
