import { isCurrency, unknownCurrency } from './currencies.ts';
import { invalidRequest, notImplemented } from './errors.ts';
import type { FormMap, FormValue } from './form.ts';

/** One declared parameter: turns what arrived into a typed value, or throws Stripe's error naming `at`. */
export interface Param<T> {
  parse(value: FormValue, at: string): T;
  /** What an absent parameter means. */
  absent(at: string): T;
}

export type Shape = Record<string, Param<unknown>>;
export type Parsed<S extends Shape> = { [Key in keyof S]: S[Key] extends Param<infer T> ? T : never };

function required<T>(parse: (value: FormValue, at: string) => T): Param<T> {
  return {
    parse,
    absent(at) {
      throw invalidRequest(`Missing required param: ${at}.`, { code: 'parameter_missing', param: at });
    },
  };
}

/** The same parameter, `undefined` when left out. */
export function optional<T>(param: Param<T>): Param<T | undefined> {
  return { parse: param.parse, absent: () => undefined };
}

/** An optional parameter that an empty string unsets: `null` means "unset it". */
export function clearable<T>(param: Param<T>): Param<T | null | undefined> {
  return { parse: (value, at) => (value === '' ? null : param.parse(value, at)), absent: () => undefined };
}

function text(value: FormValue, at: string): string {
  if (typeof value !== 'string') throw invalidRequest(`Invalid string for ${at}.`, { param: at });
  return value;
}

function filled(value: FormValue, at: string): string {
  const string = text(value, at);
  if (string === '') {
    throw invalidRequest(
      `You passed an empty string for '${at}'. We assume empty values are an attempt to unset a parameter; however '${at}' cannot be unset. You should remove '${at}' from your request or supply a non-empty value.`,
      { code: 'parameter_invalid_empty', param: at },
    );
  }
  return string;
}

/** A non-empty string of at most `maxLength` characters. */
export function string(options: { maxLength?: number } = {}): Param<string> {
  const { maxLength = 5_000 } = options;
  return required((value, at) => {
    const string = filled(value, at);
    if (string.length > maxLength) {
      throw invalidRequest(
        `Invalid string: ${string.slice(0, 40)}…; must be at most ${maxLength} characters`,
        {
          param: at,
        },
      );
    }
    return string;
  });
}

/** A safe integer within `[min, max]`. */
export function integer(options: { min?: number; max?: number } = {}): Param<number> {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = options;
  return required((value, at) => {
    const string = filled(value, at);
    const number = Number(string);
    if (!/^-?\d+$/.test(string) || !Number.isSafeInteger(number)) {
      throw invalidRequest(`Invalid integer: ${string}`, { code: 'parameter_invalid_integer', param: at });
    }
    if (number > max) {
      throw invalidRequest(`This value must be less than or equal to ${max}.`, {
        code: 'parameter_invalid_integer',
        param: at,
      });
    }
    if (number < min) {
      throw invalidRequest(`This value must be greater than or equal to ${min}.`, {
        code: 'parameter_invalid_integer',
        param: at,
      });
    }
    return number;
  });
}

/** A Unix timestamp in seconds. */
export function timestamp(): Param<number> {
  return integer({ min: 0, max: 9_999_999_999 });
}

/** An exact decimal kept as a string, with at most `maxPlaces` digits after the point. */
export function decimal(options: { maxPlaces: number; min?: number }): Param<string> {
  return required((value, at) => {
    const string = filled(value, at);
    if (!/^-?\d{1,15}(\.\d+)?$/.test(string))
      throw invalidRequest(`Invalid decimal: ${string}`, { param: at });
    if ((string.split('.')[1] ?? '').length > options.maxPlaces) {
      throw invalidRequest(
        `Invalid decimal: ${string}; must contain at maximum ${options.maxPlaces} decimal places.`,
        {
          param: at,
        },
      );
    }
    if (options.min !== undefined && Number(string) < options.min) {
      throw invalidRequest(`This value must be greater than or equal to ${options.min}.`, { param: at });
    }
    return string;
  });
}

export function boolean(): Param<boolean> {
  return required((value, at) => {
    if (value === 'true') return true;
    if (value === 'false') return false;
    throw invalidRequest(`Invalid boolean: ${typeof value === 'string' ? value : 'map'}`, { param: at });
  });
}

/** One of `values`; Stripe's other values, which this simulator lacks, may be named to be answered with 501. */
export function oneOf<const T extends string>(
  values: readonly T[],
  missing: readonly string[] = [],
): Param<T> {
  return required((value, at) => {
    const string = filled(value, at);
    const found = values.find((candidate) => candidate === string);
    if (found !== undefined) return found;
    if (missing.includes(string)) throw notImplemented(`the value '${string}' of the parameter '${at}'`);
    throw invalidRequest(`Invalid ${at}: must be one of ${values.join(', ')}`, { param: at });
  });
}

/** The code of a currency that Stripe supports, lower-cased as Stripe does. */
export function currency(): Param<string> {
  return required((value, at) => {
    const string = filled(value, at).toLowerCase();
    if (!isCurrency(string)) throw invalidRequest(unknownCurrency(string), { param: at });
    return string;
  });
}

/** An absolute http(s) address. Curly braces are allowed, for `{CHECKOUT_SESSION_ID}`. */
export function url(): Param<string> {
  return required((value, at) => {
    const string = filled(value, at);
    if (!URL.canParse(string) || !/^https?:\/\//i.test(string)) {
      throw invalidRequest('Not a valid URL', { code: 'url_invalid', param: at });
    }
    return string;
  });
}

/** A free map of strings, such as a meter event's payload. */
export function stringMap(
  options: { maxKeys?: number; maxKeyLength?: number; maxLength?: number } = {},
): Param<Map<string, string>> {
  const { maxKeys = 50, maxKeyLength = 100, maxLength = 500 } = options;
  return required((value, at) => {
    if (!(value instanceof Map)) throw invalidRequest(`Invalid hash for ${at}.`, { param: at });
    if (value.size > maxKeys) throw invalidRequest(`${at} can have at most ${maxKeys} keys.`, { param: at });
    const map = new Map<string, string>();
    for (const [key, item] of value) {
      const itemAt = `${at}[${key}]`;
      const string = text(item, itemAt);
      if (key.length > maxKeyLength)
        throw invalidRequest(`Keys of ${at} can have at most ${maxKeyLength} characters.`, { param: itemAt });
      if (string.length > maxLength)
        throw invalidRequest(`Values of ${at} can have at most ${maxLength} characters.`, { param: itemAt });
      map.set(key, string);
    }
    return map;
  });
}

/** Metadata as a change: an empty value unsets its key, and an empty string for the whole unsets all (`null`). */
export function metadata(): Param<Map<string, string> | null | undefined> {
  return clearable(stringMap({ maxKeys: 50, maxKeyLength: 40, maxLength: 500 }));
}

/** A list, given as `name[]` or `name[0]`. */
export function array<T>(item: Param<T>, options: { min?: number; max?: number } = {}): Param<T[]> {
  return required((value, at) => {
    if (!(value instanceof Map)) throw invalidRequest(`Invalid array for ${at}.`, { param: at });
    const keys = [...value.keys()];
    if (keys.some((key) => !/^\d+$/.test(key)))
      throw invalidRequest(`Invalid array for ${at}.`, { param: at });
    if (keys.length > (options.max ?? 100)) {
      throw invalidRequest(`Array ${at} exceeded maximum ${options.max ?? 100} allowed elements.`, {
        param: at,
      });
    }
    keys.sort((a, b) => Number(a) - Number(b));
    return keys.map((key) => item.parse(value.get(key) ?? '', `${at}[${key}]`));
  });
}

/** A nested map with declared keys; any other key is unknown to Stripe and refused. */
export function object<S extends Shape>(shape: S, missing: readonly string[] = []): Param<Parsed<S>> {
  return required((value, at) => {
    if (!(value instanceof Map)) throw invalidRequest(`Invalid object for ${at}.`, { param: at });
    return parseShape(value, shape, missing, at);
  });
}

/** Stripe's filter on a time: a second, or any of gt, gte, lt and lte. Answers whether a second passes. */
export function timeRange(): Param<(atSec: number) => boolean> {
  const bounds = {
    gt: optional(timestamp()),
    gte: optional(timestamp()),
    lt: optional(timestamp()),
    lte: optional(timestamp()),
  };
  return required((value, at) => {
    if (typeof value === 'string') {
      const exactSec = timestamp().parse(value, at);
      return (atSec) => atSec === exactSec;
    }
    const { gt, gte, lt, lte } = parseShape(value, bounds, [], at);
    return (atSec) =>
      (gt === undefined || atSec > gt) &&
      (gte === undefined || atSec >= gte) &&
      (lt === undefined || atSec < lt) &&
      (lte === undefined || atSec <= lte);
  });
}

/**
 * Parses a form against a shape. An undeclared parameter is a 400 `parameter_unknown`; one that Stripe has and
 * the simulator lacks (listed in `missing`) is a 501 that names it.
 */
export function parseShape<S extends Shape>(
  form: FormMap,
  shape: S,
  missing: readonly string[] = [],
  parent = '',
): Parsed<S> {
  const at = (key: string): string => (parent === '' ? key : `${parent}[${key}]`);
  const unknown: string[] = [];
  for (const key of form.keys()) {
    if (Object.hasOwn(shape, key)) continue;
    if (missing.includes(key)) throw notImplemented(`the parameter '${at(key)}'`);
    unknown.push(at(key));
  }
  const [first] = unknown;
  if (first !== undefined) {
    throw invalidRequest(
      `Received unknown parameter${unknown.length > 1 ? 's' : ''}: ${unknown.join(', ')}`,
      {
        code: 'parameter_unknown',
        param: first,
      },
    );
  }
  const parsed: { [key: string]: unknown } = {};
  for (const [key, param] of Object.entries(shape)) {
    const value = form.get(key);
    parsed[key] = value === undefined ? param.absent(at(key)) : param.parse(value, at(key));
  }
  return parsed as Parsed<S>;
}

/** Applies a metadata change to what is stored. */
export function mergeMetadata(
  current: Record<string, string>,
  change: Map<string, string> | null | undefined,
): Record<string, string> {
  if (change === undefined) return current;
  if (change === null) return {};
  const merged = new Map(Object.entries(current));
  for (const [key, value] of change) {
    if (value === '') merged.delete(key);
    else merged.set(key, value);
  }
  if (merged.size > 50) {
    throw invalidRequest('You can only specify up to 50 metadata keys.', { param: 'metadata' });
  }
  return Object.fromEntries(merged);
}
