import { perWorld } from '../table.ts';

/** When a failed delivery is tried again: a named profile, or the seconds to wait before each retry. */
export type RetrySchedule = 'sandbox' | 'live' | readonly number[];

export interface WebhookSettings {
  /** `sandbox` retries three times over four hours, `live` for three days (the steps are an assumption). */
  retries: RetrySchedule;
  /** One at a time, in the order of emission, or all that are due at once, as Stripe does. */
  concurrency: 'one-at-a-time' | 'concurrent';
  /** The order within what is due at the same moment; `shuffled` is the same for the same seed. */
  order: 'emitted' | 'reversed' | 'shuffled';
  /** The clock of the signature's timestamp; `real` suits receivers that know nothing of the simulator's time. */
  timestamps: 'simulator' | 'real';
  /** How long a receiver may take, in milliseconds of real time. */
  timeoutMs: number;
  /** Whether a request or the passage of time sends what is due; otherwise only `settled()` and `advance()` do. */
  automatic: boolean;
}

const MINUTE_SEC = 60;
const HOUR_SEC = 3_600;

const PROFILES = {
  sandbox: [5 * MINUTE_SEC, HOUR_SEC, 3 * HOUR_SEC],
  live: [
    5 * MINUTE_SEC,
    30 * MINUTE_SEC,
    2 * HOUR_SEC,
    5 * HOUR_SEC,
    10 * HOUR_SEC,
    12 * HOUR_SEC,
    12 * HOUR_SEC,
    12 * HOUR_SEC,
    12 * HOUR_SEC,
  ],
} as const;

/** The settings of one world, changed in place. */
export const webhookSettings = perWorld<WebhookSettings>(() => ({
  retries: 'sandbox',
  concurrency: 'one-at-a-time',
  order: 'emitted',
  timestamps: 'simulator',
  timeoutMs: 10_000,
  automatic: true,
}));

/** Seconds to wait after the `failures`-th failed attempt, or `undefined` when there is no further one. */
export function retryDelaySec(retries: RetrySchedule, failures: number): number | undefined {
  const delays = typeof retries === 'string' ? PROFILES[retries] : retries;
  return delays[failures - 1];
}
