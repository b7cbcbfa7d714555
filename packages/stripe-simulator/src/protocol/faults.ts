import { StripeFault } from './errors.ts';

/** Makes the next matching requests fail before they have any effect. */
export interface FailNext {
  /** Matches the path without the query; every path when left out. */
  path?: RegExp;
  method?: string;
  /** The HTTP status to answer with; 429 carries Stripe's rate-limit headers. */
  status: number;
  /** How many requests fail; 1 when left out. */
  times?: number;
  /** Stripe's error code, such as `lock_timeout`. */
  code?: string;
}

/** Switches for tests: what can go wrong between a client and Stripe. */
export interface Faults {
  failNext(fail: FailNext): void;
  /** While true, every connection is destroyed without an answer, as if the network were gone. */
  setOutage(down: boolean): void;
  /** Waits this long between accepting a request and running it. */
  setLatency(ms: number): void;
  /** Back to normal. */
  clear(): void;
}

export interface FaultState extends Faults {
  isDown(): boolean;
  latencyMs(): number;
  /** The fault that this request must get, used up one by one. */
  take(method: string, path: string): StripeFault | undefined;
}

export function createFaults(): FaultState {
  let down = false;
  let latencyMs = 0;
  let plans: Array<FailNext & { left: number }> = [];
  return {
    failNext(fail) {
      plans.push({ ...fail, left: fail.times ?? 1 });
    },
    setOutage(next) {
      down = next;
    },
    setLatency(ms) {
      latencyMs = ms;
    },
    clear() {
      down = false;
      latencyMs = 0;
      plans = [];
    },
    isDown: () => down,
    latencyMs: () => latencyMs,
    take(method, path) {
      const plan = plans.find(
        (candidate) =>
          (candidate.method === undefined || candidate.method === method) &&
          (candidate.path === undefined ||
            new RegExp(candidate.path.source, candidate.path.flags.replace(/[gy]/g, '')).test(path)),
      );
      if (plan === undefined) return undefined;
      plan.left -= 1;
      plans = plans.filter((candidate) => candidate.left > 0);
      return injected(plan);
    },
  };
}

function injected({ status, code }: FailNext): StripeFault {
  if (status === 429) {
    return new StripeFault('Request rate limit exceeded. (Injected by the simulator’s failNext switch.)', {
      status,
      code: code ?? 'rate_limit',
      headers: { 'stripe-rate-limited-reason': 'endpoint-rate' },
    });
  }
  return new StripeFault('An error injected by the simulator’s failNext switch.', {
    status,
    type: status >= 500 ? 'api_error' : status === 402 ? 'card_error' : 'invalid_request_error',
    ...(code === undefined ? {} : { code }),
  });
}
