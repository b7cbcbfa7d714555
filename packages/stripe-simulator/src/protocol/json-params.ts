import { invalidRequest, notImplemented } from './errors.ts';

/** One declared field of a v2 JSON body: turns what arrived into a typed value, or throws the error naming `at`. */
export interface JsonParam<T> {
  parse(value: unknown, at: string): T;
  /** What an absent field means. */
  absent(at: string): T;
}

export type JsonShape = Record<string, JsonParam<unknown>>;
export type JsonParsed<S extends JsonShape> = {
  [Key in keyof S]: S[Key] extends JsonParam<infer T> ? T : never;
};

function required<T>(parse: (value: unknown, at: string) => T): JsonParam<T> {
  return {
    parse,
    absent(at) {
      throw invalidRequest(`Missing required field: ${at}.`, { code: 'parameter_missing', param: at });
    },
  };
}

function wrong(at: string, expected: string): Error {
  return invalidRequest(`Invalid ${at}: it must be ${expected}.`, { param: at });
}

/** The same field, `undefined` when left out. */
export function jsonOptional<T>(param: JsonParam<T>): JsonParam<T | undefined> {
  return { parse: param.parse, absent: () => undefined };
}

/** An optional field that `null` unsets. */
export function jsonNullable<T>(param: JsonParam<T>): JsonParam<T | null | undefined> {
  return { parse: (value, at) => (value === null ? null : param.parse(value, at)), absent: () => undefined };
}

/** A non-empty string of at most `maxLength` characters. */
export function jsonString(options: { maxLength?: number } = {}): JsonParam<string> {
  const { maxLength = 5_000 } = options;
  return required((value, at) => {
    if (typeof value !== 'string' || value === '') throw wrong(at, 'a non-empty string');
    if (value.length > maxLength) throw wrong(at, `at most ${maxLength} characters long`);
    return value;
  });
}

/** A safe integer within `[min, max]`. */
export function jsonInteger(options: { min?: number; max?: number } = {}): JsonParam<number> {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = options;
  return required((value, at) => {
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw wrong(at, 'an integer');
    if (value < min || value > max) throw wrong(at, `from ${min} to ${max}`);
    return value;
  });
}

export function jsonBoolean(): JsonParam<boolean> {
  return required((value, at) => {
    if (typeof value !== 'boolean') throw wrong(at, 'true or false');
    return value;
  });
}

/** One of `values`; Stripe's other values, which this simulator lacks, may be named to be answered with 501. */
export function jsonOneOf<const T extends string>(
  values: readonly T[],
  missing: readonly string[] = [],
): JsonParam<T> {
  return required((value, at) => {
    const found = values.find((candidate) => candidate === value);
    if (found !== undefined) return found;
    if (typeof value === 'string' && missing.includes(value))
      throw notImplemented(`the value '${value}' of the field '${at}'`);
    throw wrong(at, `one of ${values.join(', ')}`);
  });
}

/** An RFC 3339 instant with a zone, as Unix milliseconds. */
export function jsonInstant(): JsonParam<number> {
  const pattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/i;
  return required((value, at) => {
    const atMs = typeof value === 'string' && pattern.test(value) ? Date.parse(value) : Number.NaN;
    if (Number.isNaN(atMs)) throw wrong(at, 'an RFC 3339 timestamp, such as 2026-10-28T12:00:00Z');
    return atMs;
  });
}

export function jsonArray<T>(
  item: JsonParam<T>,
  options: { min?: number; max?: number } = {},
): JsonParam<T[]> {
  const { min = 0, max = 100 } = options;
  return required((value, at) => {
    if (!Array.isArray(value)) throw wrong(at, 'an array');
    if (value.length < min || value.length > max) throw wrong(at, `an array of ${min} to ${max} elements`);
    return value.map((element, index) => item.parse(element, `${at}[${index}]`));
  });
}

/** A free map of strings. */
export function jsonStringMap(
  options: { maxKeys?: number; maxKeyLength?: number; maxLength?: number } = {},
): JsonParam<Map<string, string>> {
  const { maxKeys = 50, maxKeyLength = 100, maxLength = 500 } = options;
  return required((value, at) => {
    const map = new Map<string, string>();
    for (const [key, text] of entriesOf(value, at)) {
      const itemAt = `${at}.${key}`;
      if (typeof text !== 'string') throw wrong(itemAt, 'a string');
      if (key.length > maxKeyLength || text.length > maxLength)
        throw wrong(itemAt, `at most ${maxLength} characters, and its key ${maxKeyLength}`);
      map.set(key, text);
    }
    if (map.size > maxKeys) throw wrong(at, `a map of at most ${maxKeys} keys`);
    return map;
  });
}

/** A nested map with declared fields; any other field is refused. */
export function jsonObject<S extends JsonShape>(shape: S): JsonParam<JsonParsed<S>> {
  return required((value, at) => parseJsonShape(value, shape, at));
}

/** Parses a body against a shape. An undeclared field is an error, as is anything that is no object. */
export function parseJsonShape<S extends JsonShape>(value: unknown, shape: S, parent = ''): JsonParsed<S> {
  const at = (key: string): string => (parent === '' ? key : `${parent}.${key}`);
  const given = new Map(entriesOf(value, parent === '' ? 'body' : parent));
  for (const key of given.keys()) {
    if (!Object.hasOwn(shape, key))
      throw invalidRequest(`Received unknown field: ${at(key)}`, {
        code: 'parameter_unknown',
        param: at(key),
      });
  }
  const parsed: { [key: string]: unknown } = {};
  for (const [key, param] of Object.entries(shape)) {
    const item = given.get(key);
    parsed[key] = item === undefined ? param.absent(at(key)) : param.parse(item, at(key));
  }
  return parsed as JsonParsed<S>;
}

function entriesOf(value: unknown, at: string): Array<[string, unknown]> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(at, 'an object');
  return Object.entries(value);
}
