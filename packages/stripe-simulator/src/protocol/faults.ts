import { type RateLimitedReason, rateLimited, StripeFault } from './errors.ts';

/** Which requests a switch hits: all of them when nothing is said. */
export interface FaultTarget {
  /** Matches the path without the query. */
  path?: RegExp;
  method?: string;
  /** How many requests are hit; 1 when left out. */
  times?: number;
}

/** Makes the next matching requests fail with a status. */
export interface FailNext extends FaultTarget {
  /** The HTTP status to answer with; 429 carries Stripe's rate-limit headers. */
  status: number;
  /** Stripe's error code, such as `lock_timeout`. */
  code?: string;
  /**
   * `before` (the default) any effect and without storing anything; `after` the effect stands, and the failure is what
   * the idempotency key replays from then on.
   */
  when?: 'before' | 'after';
  /** The `stripe-should-retry` header; left out when undefined. */
  shouldRetry?: boolean;
}

/** Switches for tests: what can go wrong between a client and Stripe. */
export interface Faults {
  failNext(fail: FailNext): void;
  /** The next matching requests take effect, are stored under their key, and then lose their connection. */
  resetNext(target?: FaultTarget): void;
  /** The next matching requests take effect, and their answer breaks off half way. */
  truncateNext(target?: FaultTarget): void;
  /** While true, every connection is destroyed without an answer, as if the network were gone. */
  setOutage(down: boolean): void;
  /** Waits this long, in milliseconds of real time, between accepting a request and running it. */
  setLatency(ms: number): void;
  /** While set, every request is answered with 429 and this reason. */
  setStorm(reason: RateLimitedReason | null): void;
  /** Back to normal. */
  clear(): void;
}

/** What happens to one request. */
export type PlannedFault =
  | { kind: 'status'; when: 'before' | 'after'; fault: StripeFault }
  | { kind: 'reset' }
  | { kind: 'truncate' };

export interface FaultState extends Faults {
  isDown(): boolean;
  latencyMs(): number;
  /** The fault that this request must get, used up one by one. */
  take(method: string, path: string): PlannedFault | undefined;
}

interface Plan {
  target: FaultTarget;
  left: number;
  make: () => PlannedFault;
}

export function createFaults(): FaultState {
  let down = false;
  let latencyMs = 0;
  let storm: RateLimitedReason | null = null;
  let plans: Plan[] = [];
  const plan = (target: FaultTarget, make: () => PlannedFault): void => {
    const left = target.times ?? 1;
    if (!Number.isInteger(left) || left < 1)
      throw new RangeError(`times must be a positive integer, not ${left}.`);
    plans.push({ target, left, make });
  };
  return {
    failNext(fail) {
      if (!Number.isInteger(fail.status) || fail.status < 400 || fail.status > 599)
        throw new RangeError(`status must be an error status from 400 to 599, not ${fail.status}.`);
      plan(fail, () => ({ kind: 'status', when: fail.when ?? 'before', fault: injected(fail) }));
    },
    resetNext: (target = {}) => plan(target, () => ({ kind: 'reset' })),
    truncateNext: (target = {}) => plan(target, () => ({ kind: 'truncate' })),
    setOutage(next) {
      down = next;
    },
    setLatency(ms) {
      if (!Number.isFinite(ms) || ms < 0)
        throw new RangeError(`Latency must be at least 0 milliseconds, not ${ms}.`);
      latencyMs = ms;
    },
    setStorm(reason) {
      storm = reason;
    },
    clear() {
      down = false;
      latencyMs = 0;
      storm = null;
      plans = [];
    },
    isDown: () => down,
    latencyMs: () => latencyMs,
    take(method, path) {
      if (storm !== null) return { kind: 'status', when: 'before', fault: rateLimited(storm) };
      if (plans.length === 0) return undefined;
      const found = plans.find(({ target }) => hits(target, method, path));
      if (found === undefined) return undefined;
      found.left -= 1;
      plans = plans.filter(({ left }) => left > 0);
      return found.make();
    },
  };
}

function hits(target: FaultTarget, method: string, path: string): boolean {
  return (
    (target.method === undefined || target.method.toUpperCase() === method) &&
    (target.path === undefined ||
      new RegExp(target.path.source, target.path.flags.replace(/[gy]/g, '')).test(path))
  );
}

function injected({ status, code, shouldRetry }: FailNext): StripeFault {
  const headers: Record<string, string> =
    shouldRetry === undefined ? {} : { 'stripe-should-retry': String(shouldRetry) };
  const words = 'Injected by the simulator’s failNext switch.';
  if (status === 429) {
    if (code === 'lock_timeout')
      return new StripeFault(
        `This object cannot be accessed right now because another API request or Stripe process is currently accessing it. (${words})`,
        { status, code, headers: { 'stripe-should-retry': 'true', ...headers } },
      );
    const fault = rateLimited('endpoint-rate', code);
    return new StripeFault(`${fault.message} (${words})`, {
      status,
      code: fault.code ?? 'rate_limit',
      headers: { ...fault.headers, ...headers },
    });
  }
  return new StripeFault(`An error of the server’s. (${words})`, {
    status,
    type: status >= 500 ? 'api_error' : status === 402 ? 'card_error' : 'invalid_request_error',
    headers,
    ...(code === undefined ? {} : { code }),
  });
}
