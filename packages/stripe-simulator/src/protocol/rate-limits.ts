import { type RateLimitedReason, rateLimited } from './errors.ts';

export const RATE_LIMIT_PROFILES = ['off', 'live', 'sandbox'] as const;
export type RateLimitProfile = (typeof RATE_LIMIT_PROFILES)[number];

/** Which limits hold, and on which clock their seconds pass. */
export interface RateLimitSettings {
  profile: RateLimitProfile;
  /** `real` time, or the `simulator`'s, which stands still when frozen. */
  clock: 'real' | 'simulator';
}

/** Requests a second; Stripe's documented defaults. */
const GLOBAL = { live: 100, sandbox: 25 } as const;
const PER_ENDPOINT = 25;
const METER_EVENTS_LIVE = 1_000;

/** One request, as the limits see it. */
export interface LimitedRequest {
  /** Method and declared path, such as `GET /v1/customers/:id`. */
  endpoint: string;
  /** For meter events: the customer and meter that it writes to, one at a time. */
  lane(): string | null;
}

export interface RateLimits {
  settings: RateLimitSettings;
  /**
   * Counts a request in, or throws Stripe's 429. The returned function must be called when the request has been
   * answered.
   */
  enter(request: LimitedRequest, nowMs: { real: number; simulator: number }): () => void;
  clear(): void;
}

const nothing = (): void => undefined;

/** Off until a profile is chosen. */
export function createRateLimits(): RateLimits {
  let second = Number.NaN;
  let counts = new Map<string, number>();
  const lanes = new Set<string>();
  const count = (name: string, limit: number, reason: RateLimitedReason): void => {
    const next = (counts.get(name) ?? 0) + 1;
    if (next > limit) throw rateLimited(reason);
    counts.set(name, next);
  };
  const limits: RateLimits = {
    settings: { profile: 'off', clock: 'real' },
    enter(request, nowMs) {
      const { profile, clock } = limits.settings;
      if (profile === 'off') return nothing;
      const lane = request.lane();
      const now = Math.floor(nowMs[clock] / 1_000);
      if (now !== second) {
        second = now;
        counts = new Map();
      }
      if (lane !== null && lanes.has(lane)) throw rateLimited('resource-specific');
      if (profile === 'live' && lane !== null) count('meter events', METER_EVENTS_LIVE, 'endpoint-rate');
      else {
        if (lane === null) count(request.endpoint, PER_ENDPOINT, 'endpoint-rate');
        count('global', GLOBAL[profile], 'global-rate');
      }
      if (lane === null) return nothing;
      lanes.add(lane);
      return () => lanes.delete(lane);
    },
    clear() {
      limits.settings = { profile: 'off', clock: 'real' };
      counts = new Map();
    },
  };
  return limits;
}
