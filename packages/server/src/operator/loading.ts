const mark = Symbol.for('meterboard.loading-for-command');

/**
 * Whether a command of `npx meterboard` is just loading the host's module. Told across copies of this package: the command and the
 * module may have one each.
 */
export function isLoadingForCommand(): boolean {
  return Reflect.get(globalThis, mark) === true;
}

/** Loads for a command. */
export async function loadForCommand<T>(load: () => Promise<T>): Promise<T> {
  Reflect.set(globalThis, mark, true);
  try {
    return await load();
  } finally {
    Reflect.set(globalThis, mark, false);
  }
}
