import { setTimeout } from 'node:timers/promises';

/** How long a reading waits for the database, which only makes it cheaper. */
const patienceMs = 1_000;

/** What the database answers, or else `otherwise()` when it fails or takes too long. */
export async function orElse<T>(
  asked: Promise<T>,
  otherwise: (error?: unknown) => T | Promise<T>,
): Promise<T> {
  const late = new AbortController();
  try {
    const patience = setTimeout(patienceMs, undefined, { signal: late.signal, ref: false });
    return await Promise.race([asked, patience.then(() => otherwise())]);
  } catch (error) {
    return otherwise(error);
  } finally {
    late.abort();
  }
}
