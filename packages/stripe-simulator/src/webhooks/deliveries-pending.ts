import type { World } from '../world.ts';
import { isAwaited } from './deliveries.ts';

/**
 * Whether some subscriber of this snapshot event has not answered 2xx and is still being tried. Finalisation waits
 * for it on `invoice.created`; false once every retry is used up, and when nobody subscribes.
 */
export function deliveriesPending(world: World, event: { type: string; objectId: string }): boolean {
  return isAwaited(world, event);
}
