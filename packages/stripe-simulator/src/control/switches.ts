import { type Assumptions, DEFAULT_ASSUMPTIONS } from '../assumptions.ts';
import type { Faults } from '../protocol/faults.ts';
import {
  RATE_LIMIT_PROFILES,
  type RateLimitProfile,
  type RateLimitSettings,
  type RateLimits,
} from '../protocol/rate-limits.ts';

/** Everything that can be made to go wrong. */
export interface Switches extends Faults {
  /**
   * Enforces Stripe's rate limits: `live` (100 requests a second in all, 25 per endpoint, 1,000 meter events) or
   * `sandbox` (25 in all), and one call at a time per customer and meter. Seconds are those of real time, or of the
   * simulator's clock. `off` at the start.
   */
  setRateLimits(profile: RateLimitProfile, clock?: RateLimitSettings['clock']): void;
  /** How long a meter event that arrives from now on stays out of summaries, previews and invoices, in milliseconds. */
  setAggregationLag(ms: number): void;
}

/** The faults, with the switches that live elsewhere beside them; `clear` puts all of them back to normal. */
export function createSwitches(parts: {
  faults: Faults;
  limits: RateLimits;
  assumptions: Assumptions;
}): Switches {
  const { faults, limits, assumptions } = parts;
  return {
    failNext: faults.failNext,
    resetNext: faults.resetNext,
    truncateNext: faults.truncateNext,
    setOutage: faults.setOutage,
    setLatency: faults.setLatency,
    setStorm: faults.setStorm,
    setRateLimits(profile, clock = 'real') {
      if (!RATE_LIMIT_PROFILES.includes(profile))
        throw new RangeError(`There is no rate limit profile '${profile}'.`);
      limits.settings = { profile, clock };
    },
    setAggregationLag(ms) {
      if (!Number.isFinite(ms) || ms < 0)
        throw new RangeError(`Aggregation lag must be at least 0 milliseconds, not ${ms}.`);
      assumptions.aggregationLagMs = ms;
    },
    clear() {
      faults.clear();
      limits.clear();
      assumptions.aggregationLagMs = DEFAULT_ASSUMPTIONS.aggregationLagMs;
    },
  };
}
