import type { MeterSetting } from './domain/describe-meters.ts';
import type { CreditPolicy } from './domain/summarize-credits.ts';
import type { TopUpOptions, TopUpPackageOption } from './top-ups/top-up-options.ts';

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
  /** Below which remainder a balance is low: in every currency alike, or by currency. */
  lowBalance?: { remainingBelowMinor: number | Record<string, number> };
  basePath?: string;
  allowedOrigins?: readonly string[];
}

/** The host's options, checked and in one shape. */
export interface Configuration {
  meters: readonly MeterSetting[];
  topUps: TopUpOptions | null;
  creditPolicy: CreditPolicy;
  /** Begins with a slash and does not end with one. */
  basePath: string;
  /** Foreign origins whose pages may change things. */
  allowedOrigins: readonly string[];
}

/** Checks the host's options. Throws an `Error` that says what is wrong, why, and how to put it right. */
export function resolveConfiguration(options: ConfigurableOptions): Configuration {
  return {
    meters: resolveMeters(options.meters ?? []),
    topUps: options.topUps ? checkTopUps(options.topUps) : null,
    creditPolicy: { lowBelowMinor: checkLowBalance(options.lowBalance) },
    basePath: checkBasePath(options.basePath ?? '/api/meterboard'),
    allowedOrigins: checkOrigins('allowedOrigins', options.allowedOrigins ?? []),
  };
}

/** An option that cannot work: what is wrong, why it matters, how to put it right. */
export function optionError(what: string, why: string, how: string): Error {
  return new Error(`createMeterboard: ${what} ${why} ${how}`);
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

function checkTopUps(options: TopUpOptions): TopUpOptions {
  const seen = new Set<string>();
  for (const entry of options.packages) {
    checkPackage(entry);
    if (seen.has(entry.id)) {
      throw optionError(
        `topUps.packages has the id '${entry.id}' twice.`,
        'A purchase names its package by id.',
        'Give each package an id of its own.',
      );
    }
    seen.add(entry.id);
  }
  if (options.returnUrl !== undefined && !isWebAddress(options.returnUrl)) {
    throw optionError(
      `topUps.returnUrl is ${JSON.stringify(options.returnUrl)}.`,
      'The payment page sends people back there.',
      "Use a whole address such as 'https://app.example/billing'.",
    );
  }
  const allowedReturnOrigins = options.allowedReturnOrigins ?? [];
  return {
    ...options,
    allowedReturnOrigins: checkOrigins('topUps.allowedReturnOrigins', allowedReturnOrigins),
  };
}

function checkPackage(entry: TopUpPackageOption): void {
  if (typeof entry.id !== 'string' || !/^[\w.-]{1,100}$/.test(entry.id)) {
    throw optionError(
      `topUps.packages has the id ${JSON.stringify(entry.id)}.`,
      'It stands in requests and payments.',
      'Use 1 to 100 letters, digits, dots, dashes or underscores.',
    );
  }
  if (typeof entry.label !== 'string' || entry.label.trim() === '' || entry.label.length > 100) {
    throw optionError(
      `top-up package '${entry.id}' has no usable label.`,
      'Customers read it on the button, the payment page and the grant.',
      'Use 1 to 100 characters.',
    );
  }
  for (const part of ['price', 'credit'] as const) {
    const { amountMinor, currency } = entry[part];
    if (!Number.isSafeInteger(amountMinor) || amountMinor <= 0) {
      throw optionError(
        `the ${part} of top-up package '${entry.id}' has an amountMinor of ${JSON.stringify(amountMinor)}.`,
        'Amounts are whole counts of the minor unit.',
        'Use a positive integer: 2000 with usd is 20.00 USD.',
      );
    }
    checkCurrency(`the ${part} of top-up package '${entry.id}'`, currency);
  }
  const months = entry.expiresAfterMonths;
  if (months !== undefined && !(Number.isInteger(months) && months >= 1 && months <= 120)) {
    throw optionError(
      `top-up package '${entry.id}' has expiresAfterMonths of ${JSON.stringify(months)}.`,
      'Credits expire after whole calendar months.',
      'Use an integer from 1 to 120, or leave it out for credits that do not expire.',
    );
  }
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

function checkCurrency(what: string, currency: string): void {
  if (typeof currency === 'string' && /^[a-z]{3}$/.test(currency)) return;
  throw optionError(
    `${what} has the currency ${JSON.stringify(currency)}.`,
    'Stripe writes currencies in lower case.',
    "Use three lower-case letters, for example 'usd'.",
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

function checkOrigins(option: string, origins: readonly string[]): readonly string[] {
  for (const origin of origins) {
    if (isWebAddress(origin) && new URL(origin).origin === origin) continue;
    throw optionError(
      `${option} has ${JSON.stringify(origin)}.`,
      'Origins are compared as browsers send them.',
      "Use scheme, host and port only, for example 'https://app.example'.",
    );
  }
  return origins;
}

function isWebAddress(address: string): boolean {
  return URL.canParse(address) && /^https?:$/.test(new URL(address).protocol);
}
