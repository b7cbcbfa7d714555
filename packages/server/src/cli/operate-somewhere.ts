import { askHost } from '../operator/ask-host.ts';
import { hostLockPath, isHeld, readHostLock } from '../operator/host-lock.ts';
import type { OperableMeterboard } from './load-app.ts';

/**
 * Carries a command out: here, or by the host that has the embedded database open, since only one process can. Rejects with words
 * for the operator.
 */
export async function operateSomewhere(
  meterboard: OperableMeterboard,
  operation: string,
  input: unknown,
): Promise<unknown> {
  const { kind, folder } = meterboard.store;
  if (kind === 'embedded' && folder !== undefined) {
    const lock = readHostLock(folder);
    if (lock !== null && (await isHeld(lock, hostLockPath(folder)))) return askHost(folder, operation, input);
  }
  return meterboard.operate(operation, input);
}
