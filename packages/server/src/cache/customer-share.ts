import { BillingError } from '@meterboard/contract';
import { LRUCache } from 'lru-cache';
import { dayMs } from '../domain/time-units.ts';

/** How much of the account's readings one customer may take, so that nobody's questions are at everybody's expense. */
export interface CustomerShare {
  /** Counts a reading for the customer. Throws `provider_rate_limited` when their day is spent. */
  take(customerId: string): void;
}

interface Spent {
  sinceMs: number;
  gets: number;
}

const maxCustomers = 20_000;

/** Counts in this process, for 24 hours from a customer's first reading. `dailyGets`: `null` for as many as it takes. */
export function createCustomerShare(parts: { dailyGets: number | null; nowMs(): number }): CustomerShare {
  const { dailyGets, nowMs } = parts;
  const customers = new LRUCache<string, Spent>({ max: maxCustomers });
  return {
    take(customerId) {
      if (dailyGets === null) return;
      const known = customers.get(customerId);
      const isOver = !known || nowMs() >= known.sinceMs + dayMs;
      const spent = isOver ? { sinceMs: nowMs(), gets: 0 } : known;
      if (isOver) customers.set(customerId, spent);
      if (spent.gets >= dailyGets) {
        throw new BillingError('provider_rate_limited', {
          message:
            'This account has asked for very much usage today. Choose a longer bucket or a shorter range, or try again tomorrow.',
          retryAfterMs: spent.sinceMs + dayMs - nowMs(),
          cause: new Error(`the ${dailyGets} readings a day of one customer are spent`),
        });
      }
      spent.gets += 1;
    },
  };
}

/** How much longer readings serve when so much of the month's readings is spent, 0..1: the rest is to last. */
export function freshnessFactor(spentRatio: number): number {
  if (spentRatio < 0.5) return 1;
  if (spentRatio < 0.75) return 2;
  return spentRatio < 0.9 ? 4 : 10;
}
