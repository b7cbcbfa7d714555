import type { World } from '../world.ts';
import { isAwaited } from './deliveries.ts';

/**
 * Whether some subscriber of this snapshot event has not answered 2xx, also after its last retry. Finalisation waits
 * for it on `invoice.created`; false when nobody subscribes, and for deliveries given up with their destination.
 */
export function deliveriesPending(world: World, event: { type: string; objectId: string }): boolean {
  return isAwaited(world, event);
}
