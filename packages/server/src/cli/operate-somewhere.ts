import { askHost } from '../operator/ask-host.ts';
import { hostLockPath, isHeld, readHostLock } from '../operator/host-lock.ts';
import type { OperableMeterboard } from './load-app.ts';

/**
 * Carries an operation out where the store is: here, or in the host's process where that has the embedded database
 * open. Rejects with the words of whoever tried.
 */
export async function operateSomewhere(
  meterboard: OperableMeterboard,
  operation: string,
  input: unknown,
): Promise<unknown> {
  const { kind, folder } = meterboard.store;
  if (kind === 'embedded' && folder !== undefined && (await isOpenElsewhere(folder))) {
    return askHost(folder, operation, input);
  }
  return meterboard.operate(operation, input);
}

async function isOpenElsewhere(folder: string): Promise<boolean> {
  const lock = readHostLock(folder);
  if (lock === null || lock.pid === process.pid) return false;
  return isHeld(lock, hostLockPath(folder));
}
