import {
  type BudgetOptions,
  type CacheOptions,
  checkBudget,
  checkCache,
  checkSettleAfter,
  type ResolvedBudget,
  type ResolvedCache,
} from './cache/cache-options.ts';
import type { MeterSetting } from './domain/describe-meters.ts';
import type { CreditPolicy } from './domain/summarize-credits.ts';
import { checkCurrency, checkOrigins, optionError } from './option-error.ts';
import { resolveTopUps } from './top-ups/resolve-top-ups.ts';
import type { ResolvedTopUps, TopUpOptions } from './top-ups/top-up-options.ts';
import { checkWebhooks, type WebhookOptions, type WebhookSettings } from './webhooks/webhook-options.ts';

/** What the host says about a meter when the settings are keyed by event name. */
export type MeterSettingsByName = Record<string, Omit<MeterOption, 'eventName'>>;

/** A meter's setting as the host writes it. */
export interface MeterOption extends Omit<MeterSetting, 'limit'> {
  /** A number, or a decimal string where a number is not exact. */
  limit?: string | number;
}

/** The options that do not need the provider. */
export interface ConfigurableOptions {
  meters?: readonly MeterOption[] | MeterSettingsByName;
  topUps?: TopUpOptions;
  /** Left out: events of the provider are not listened to; what they would tell is found later, by sweeps. */
  webhooks?: WebhookOptions;
  /** Below which remainder a balance is low: in every currency alike, or by currency. */
  lowBalance?: { remainingBelowMinor: number | Record<string, number> };
  basePath?: string;
  allowedOrigins?: readonly string[];
  /** How long readings of the provider serve; `false`: each request reads everything anew. */
  cache?: CacheOptions | false;
  /** How much may be asked of Stripe; `false`: calls are counted and not held back. */
  budget?: BudgetOptions | false;
  /** For how many seconds usage counts as settling: the provider aggregates asynchronously. Default 600. */
  settleAfterSeconds?: number;
}

/** The host's options, checked and in one shape. */
export interface Configuration {
  meters: readonly MeterSetting[];
  topUps: ResolvedTopUps | null;
  webhooks: WebhookSettings;
  creditPolicy: CreditPolicy;
  /** Begins with a slash and does not end with one. */
  basePath: string;
  /** Foreign origins whose pages may change things. */
  allowedOrigins: readonly string[];
  cache: ResolvedCache | null;
  budget: ResolvedBudget | null;
  settleAfterMs: number;
}

/** Checks the host's options. Throws an `Error` that says what is wrong, why, and how to put it right. */
export function resolveConfiguration(options: ConfigurableOptions): Configuration {
  return {
    meters: resolveMeters(options.meters ?? []),
    topUps: options.topUps ? resolveTopUps(options.topUps) : null,
    webhooks: checkWebhooks(options.webhooks),
    creditPolicy: { lowBelowMinor: checkLowBalance(options.lowBalance) },
    basePath: checkBasePath(options.basePath ?? '/api/meterboard'),
    allowedOrigins: checkOrigins('allowedOrigins', options.allowedOrigins ?? []),
    cache: checkCache(options.cache),
    budget: checkBudget(options.budget),
    settleAfterMs: checkSettleAfter(options.settleAfterSeconds),
  };
}

function resolveMeters(meters: readonly MeterOption[] | MeterSettingsByName): MeterSetting[] {
  const list: MeterOption[] = isList(meters)
    ? [...meters]
    : Object.entries(meters).map(([eventName, rest]) => ({ ...rest, eventName }));
  const seen = new Set<string>();
  return list.map(({ limit, ...setting }) => {
    const { eventName } = setting;
    if (typeof eventName !== 'string' || eventName === '' || eventName.length > 100) {
      throw optionError(
        `meters has an eventName of ${JSON.stringify(eventName)}.`,
        'Settings find their meter by it.',
        "Use the event name of the Stripe meter (1 to 100 characters, for example 'api_requests').",
      );
    }
    if (seen.has(eventName)) {
      throw optionError(
        `meters lists '${eventName}' twice.`,
        'Only one of the settings could win.',
        'Remove one of them.',
      );
    }
    seen.add(eventName);
    return limit === undefined ? setting : { ...setting, limit: checkLimit(eventName, limit) };
  });
}

function isList(meters: readonly MeterOption[] | MeterSettingsByName): meters is readonly MeterOption[] {
  return Array.isArray(meters);
}

function checkLimit(eventName: string, limit: string | number): string {
  const text = String(limit);
  if (/^\d{1,15}(\.\d{1,15})?$/.test(text) && Number(text) > 0) return text;
  throw optionError(
    `the limit of meter '${eventName}' is ${JSON.stringify(limit)}.`,
    'Usage is measured against it.',
    "Use a positive number or a plain decimal string such as '100000' or '2.5'.",
  );
}

function checkLowBalance(lowBalance: ConfigurableOptions['lowBalance']): CreditPolicy['lowBelowMinor'] {
  if (lowBalance === undefined) return null;
  const { remainingBelowMinor } = lowBalance;
  if (typeof remainingBelowMinor !== 'object' || remainingBelowMinor === null) {
    return checkThreshold('lowBalance.remainingBelowMinor', remainingBelowMinor);
  }
  for (const [currency, belowMinor] of Object.entries(remainingBelowMinor)) {
    checkCurrency('a key of lowBalance.remainingBelowMinor', currency);
    checkThreshold(`lowBalance.remainingBelowMinor.${currency}`, belowMinor);
  }
  return remainingBelowMinor;
}

function checkThreshold(option: string, belowMinor: number): number {
  if (Number.isSafeInteger(belowMinor) && belowMinor >= 0) return belowMinor;
  throw optionError(
    `${option} is ${JSON.stringify(belowMinor)}.`,
    'It is compared with amounts in minor units.',
    'Use an integer: 1000 is 10.00 USD.',
  );
}

function checkBasePath(basePath: string): string {
  if (/^(\/[\w.~-]+)+$/.test(basePath)) return basePath;
  throw optionError(
    `basePath is ${JSON.stringify(basePath)}.`,
    'Requests are matched against it.',
    "Use a path that begins with a slash and does not end with one, for example '/api/meterboard'.",
  );
}
