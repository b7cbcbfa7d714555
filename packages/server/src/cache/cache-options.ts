import { optionError } from '../option-error.ts';

/** How long readings of the provider serve. All parts may be left out. */
export interface CacheOptions {
  /** For how many seconds a reading serves as it is, 1 to 3,600. Default 30. */
  freshSeconds?: number;
  /** For how many more it serves while it is read anew, 0 to 86,400. Default 300. */
  graceSeconds?: number;
  /** For how many hours the last good reading is shown, with its age, while the provider cannot be read. 0 to 720, default 24. */
  keepHours?: number;
  /** The most memory for readings, in megabytes (estimated), 1 to 16,384. Default 128. */
  maxMegabytes?: number;
  /**
   * Tells accounts apart that share a store. Needed only with a `gateway` of your own, or a client that does not speak
   * to api.stripe.com: without it final usage is not kept in the store.
   */
  account?: string;
}

/** How much may be asked of the provider. All parts may be left out. */
export interface BudgetOptions {
  /** Calls a second of one kind. Default 20; Stripe allows 25. */
  perEndpointPerSecond?: number;
  /** Calls a second in all. Default 80 with a live key, 20 with a test key; Stripe allows 100 and 25. */
  perSecond?: number;
  /** Readings (GET) within 30 days. Default 9,000, of the 10,000 that Stripe grants the smallest account; `null`: no limit. */
  monthlyGets?: number | null;
  /**
   * Readings (GET) of one customer within 24 hours, in each process. Default a third of `monthlyGets`, and at least 200;
   * `null`: no limit.
   */
  customerDailyGets?: number | null;
  /** How long a reading waits for its turn before the last good one is shown, in milliseconds. Default 10,000. */
  maxWaitMs?: number;
}

/** The options, checked. */
export interface ResolvedCache {
  freshMs: number;
  graceMs: number;
  keepMs: number;
  maxBytes: number;
  account: string | null;
}

export interface ResolvedBudget {
  perEndpoint: number;
  /** `null`: by the mode of the key. */
  inAll: number | null;
  monthlyGets: number | null;
  customerDailyGets: number | null;
  maxWaitMs: number;
}

/** Checks the host's options; `null` where it wants no cache. Throws an `Error` that says what to change. */
export function checkCache(options: CacheOptions | false | undefined): ResolvedCache | null {
  if (options === false) return null;
  const {
    freshSeconds = 30,
    graceSeconds = 300,
    keepHours = 24,
    maxMegabytes = 128,
    account,
  } = asObject('cache', options);
  checkNumber('cache.freshSeconds', freshSeconds, 1, 3_600, 'Readings serve for so long.');
  checkNumber('cache.graceSeconds', graceSeconds, 0, 86_400, 'Older readings are waited for.');
  checkNumber('cache.keepHours', keepHours, 0, 720, 'Older readings are not shown in need.');
  checkNumber('cache.maxMegabytes', maxMegabytes, 1, 16_384, 'More is forgotten.');
  if (account !== undefined && (typeof account !== 'string' || account === '' || account.length > 200)) {
    throw optionError(
      `cache.account is ${JSON.stringify(account)}.`,
      'It tells accounts apart that share a store.',
      "Use a name of 1 to 200 characters, for example 'live'.",
    );
  }
  return {
    freshMs: freshSeconds * 1_000,
    graceMs: graceSeconds * 1_000,
    keepMs: keepHours * 3_600_000,
    maxBytes: maxMegabytes * 1_000_000,
    account: account ?? null,
  };
}

/** The same for the budget; `null`: the host wants calls counted and not held back. */
export function checkBudget(options: BudgetOptions | false | undefined): ResolvedBudget | null {
  if (options === false) return null;
  const {
    perEndpointPerSecond = 20,
    perSecond,
    monthlyGets = 9_000,
    customerDailyGets,
    maxWaitMs = 10_000,
  } = asObject('budget', options);
  checkInteger(
    'budget.perEndpointPerSecond',
    perEndpointPerSecond,
    1,
    10_000,
    'Calls of one kind wait for each other.',
  );
  if (perSecond !== undefined)
    checkInteger('budget.perSecond', perSecond, 1, 10_000, 'Calls wait for each other.');
  if (monthlyGets !== null) {
    checkInteger(
      'budget.monthlyGets',
      monthlyGets,
      1,
      1_000_000_000,
      'Beyond it only what is remembered is served.',
    );
  }
  if (customerDailyGets !== undefined && customerDailyGets !== null) {
    checkInteger(
      'budget.customerDailyGets',
      customerDailyGets,
      1,
      1_000_000_000,
      'Beyond it the customer is served only what is remembered.',
    );
  }
  checkNumber('budget.maxWaitMs', maxWaitMs, 0, 60_000, 'Readings wait for their turn.');
  return {
    perEndpoint: perEndpointPerSecond,
    inAll: perSecond ?? null,
    monthlyGets,
    customerDailyGets: customerDailyGets === undefined ? shareOf(monthlyGets) : customerDailyGets,
    maxWaitMs,
  };
}

/** A third of the month in a day, and enough for a few dashboards. */
function shareOf(monthlyGets: number | null): number | null {
  return monthlyGets === null ? null : Math.max(200, Math.floor(monthlyGets / 3));
}

/** For how long usage may still change by events that are under way. */
export function checkSettleAfter(seconds: number | undefined): number {
  const { settleAfterSeconds } = { settleAfterSeconds: seconds ?? 600 };
  checkNumber('settleAfterSeconds', settleAfterSeconds, 0, 86_400, 'Younger usage is marked as settling.');
  return settleAfterSeconds * 1_000;
}

function asObject<T extends object>(option: string, value: T | undefined): T | Record<string, never> {
  if (value === undefined) return {};
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw optionError(
    `${option} is ${JSON.stringify(value)}.`,
    'It is a set of limits, or false for none.',
    `Leave it out, or pass ${option}: false.`,
  );
}

function checkNumber(option: string, value: unknown, least: number, most: number, why: string): void {
  if (typeof value === 'number' && value >= least && value <= most) return;
  const range = `a number from ${least.toLocaleString('en')} to ${most.toLocaleString('en')}`;
  throw optionError(`${option} is ${JSON.stringify(value)}.`, why, `Use ${range}, or leave it out.`);
}

function checkInteger(option: string, value: unknown, least: number, most: number, why: string): void {
  checkNumber(option, value, least, most, why);
  if (Number.isInteger(value)) return;
  throw optionError(`${option} is ${JSON.stringify(value)}.`, why, 'Use a whole number, or leave it out.');
}
