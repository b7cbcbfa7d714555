import { hash } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Seeded identifiers: the same seed and the same sequence of calls give the same ids. */
export interface Ids {
  /** The next id of a prefix; every prefix counts on its own, so one resource never disturbs another's ids. */
  next(prefix: string, length?: number): string;
  /** The id that belongs to `key` for ever, without counting. */
  stable(prefix: string, key: string, length?: number): string;
  /** Takes back the latest id of a prefix. */
  takeBack(prefix: string): void;
  /** How far every prefix has counted, for going back to it. */
  save(): ReadonlyMap<string, number>;
  load(saved: ReadonlyMap<string, number>): void;
}

/** Ids look like Stripe's (`cus_` and letters), but are derived from `seed` alone. */
export function createIds(seed: string): Ids {
  let counters = new Map<string, number>();
  const stable = (prefix: string, key: string, length = 24): string =>
    prefix + letters(`${seed}\n${prefix}\n${key}`, length);
  return {
    stable,
    takeBack(prefix) {
      const count = (counters.get(prefix) ?? 0) - 1;
      if (count > 0) counters.set(prefix, count);
      else counters.delete(prefix);
    },
    save: () => new Map(counters),
    load(saved) {
      counters = new Map(saved);
    },
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
    const digest = hash('sha256', `${text}\n${block}`, 'buffer');
    for (const byte of digest) {
      if (out.length < length) out += ALPHABET[byte % ALPHABET.length];
    }
  }
  return out;
}
