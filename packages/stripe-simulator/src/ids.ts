import { createHash } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Seeded identifiers: the same seed and the same sequence of calls give the same ids. */
export interface Ids {
  /** The next id of a prefix; every prefix counts on its own, so one resource never disturbs another's ids. */
  next(prefix: string, length?: number): string;
  /** The id that belongs to `key` for ever, without counting. */
  stable(prefix: string, key: string, length?: number): string;
}

/** Ids look like Stripe's (`cus_` and letters), but are derived from `seed` alone. */
export function createIds(seed: string): Ids {
  const counters = new Map<string, number>();
  const stable = (prefix: string, key: string, length = 24): string =>
    prefix + letters(`${seed}\n${prefix}\n${key}`, length);
  return {
    stable,
    next(prefix, length = 24) {
      const count = (counters.get(prefix) ?? 0) + 1;
      counters.set(prefix, count);
      return stable(prefix, `#${count}`, length);
    },
  };
}

function letters(text: string, length: number): string {
  let out = '';
  for (let block = 0; out.length < length; block += 1) {
    const digest = createHash('sha256').update(`${text}\n${block}`).digest();
    for (const byte of digest) {
      if (out.length < length) out += ALPHABET[byte % ALPHABET.length];
    }
  }
  return out;
}
