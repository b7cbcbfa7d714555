import { LRUCache } from 'lru-cache';
import { dayMs, floorTo, hourMs } from '../domain/time-units.ts';

/**
 * Readings of each customer within a day, by hour, in this process: what one of them asks for is not at the expense of all
 * others. Following a purchase counts to nobody.
 */
export interface CustomerShares {
  /** Counts one reading. */
  count(customerId: string): void;
  /** When the customer may read again, Unix ms; `null`: now. */
  nextAtMs(customerId: string): number | null;
}

/** Those who have not read for the longest are forgotten first. */
const maxCustomers = 20_000;

/** At most `dailyGets` readings for a customer within 24 hours. */
export function createCustomerShares(dailyGets: number, nowMs: () => number): CustomerShares {
  const shares = new LRUCache<string, Map<number, number>>({ max: maxCustomers });

  function recent(customerId: string): Map<number, number> {
    const hours = shares.get(customerId) ?? new Map<number, number>();
    for (const hour of [...hours.keys()]) if (hour <= nowMs() - dayMs) hours.delete(hour);
    return hours;
  }

  return {
    count(customerId) {
      const hours = recent(customerId);
      const hour = floorTo(hourMs, nowMs());
      hours.set(hour, (hours.get(hour) ?? 0) + 1);
      shares.set(customerId, hours);
    },
    nextAtMs(customerId) {
      const hours = recent(customerId);
      const spent = [...hours.values()].reduce((sum, gets) => sum + gets, 0);
      return spent < dailyGets ? null : Math.min(...hours.keys()) + dayMs;
    },
  };
}
