import type { OperableMeterboard } from './load-app.ts';

/** Carries a command out here; later: in the running host. */
export async function operateSomewhere(
  meterboard: OperableMeterboard,
  operation: string,
  input: unknown,
): Promise<unknown> {
  return meterboard.operate(operation, input);
}
