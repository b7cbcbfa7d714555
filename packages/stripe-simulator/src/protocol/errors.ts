import type { Json } from '../wire.ts';

/** Stripe's own error types; the SDK picks its error class by status and type. */
export type ErrorType = 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';

export interface FaultOptions {
  status?: number;
  type?: ErrorType;
  code?: string;
  param?: string;
  headers?: Record<string, string>;
  /** What else the error's body carries, such as `decline_code` and `payment_intent`. */
  details?: Json;
  /** Whether what happened before the error stays; a card error's does, every other error leaves no trace. */
  keepsEffects?: boolean;
}

/** An answer that is an error: carries everything that Stripe's error body and status say. */
export class StripeFault extends Error {
  readonly status: number;
  readonly type: ErrorType;
  readonly code: string | undefined;
  readonly param: string | undefined;
  readonly headers: Record<string, string>;
  readonly keepsEffects: boolean;
  readonly details: Json;

  constructor(message: string, options: FaultOptions = {}) {
    super(message);
    this.name = 'StripeFault';
    this.status = options.status ?? 400;
    this.type = options.type ?? 'invalid_request_error';
    this.code = options.code;
    this.param = options.param;
    this.headers = options.headers ?? {};
    this.keepsEffects = options.keepsEffects ?? this.type === 'card_error';
    this.details = options.details ?? {};
  }
}

/** A 400 for a request that is well-formed but not acceptable. */
export function invalidRequest(message: string, options: FaultOptions = {}): StripeFault {
  return new StripeFault(message, options);
}

/** Stripe answers 404 for an unknown id in the path, and 400 for an unknown id in a parameter. */
export function resourceMissing(noun: string, id: string, param = 'id'): StripeFault {
  return new StripeFault(`No such ${noun}: '${id}'`, {
    status: param === 'id' ? 404 : 400,
    code: 'resource_missing',
    param,
  });
}

/** What `Stripe-Rate-Limited-Reason` can say. */
export const RATE_LIMITED_REASONS = [
  'global-rate',
  'global-concurrency',
  'endpoint-rate',
  'endpoint-concurrency',
  'resource-specific',
] as const;
export type RateLimitedReason = (typeof RATE_LIMITED_REASONS)[number];

/** Stripe's 429, with the header that gives the reason. */
export function rateLimited(reason: RateLimitedReason, code = 'rate_limit'): StripeFault {
  return new StripeFault(
    'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.',
    { status: 429, code, headers: { 'stripe-rate-limited-reason': reason } },
  );
}

/** Stripe's 429 for a change to what lives on a test clock that is moving. */
export function advancementUnderway(clockId: string): StripeFault {
  return new StripeFault(`Test clock advancement underway - cannot perform modifications: ${clockId}`, {
    status: 429,
    code: 'rate_limit',
  });
}

/** A 501 that names what is missing, never a plausible answer; the SDK is told not to retry. */
export function notImplemented(what: string): StripeFault {
  return new StripeFault(`The Stripe simulator does not implement ${what}.`, {
    status: 501,
    type: 'api_error',
    code: 'not_implemented',
    headers: { 'stripe-should-retry': 'false' },
  });
}

/** The JSON body of a fault, in Stripe's shape. */
export function toErrorBody(fault: StripeFault): { error: Json } {
  return {
    error: {
      ...(fault.code === undefined
        ? {}
        : {
            code: fault.code,
            doc_url: `https://stripe.com/docs/error-codes/${fault.code.replaceAll('_', '-')}`,
          }),
      ...fault.details,
      message: fault.message,
      ...(fault.param === undefined ? {} : { param: fault.param }),
      type: fault.type,
    },
  };
}

/**
 * The same for the v2 API, which names errors by code. What v1 calls a missing, unknown or malformed parameter is
 * `invalid_fields` there, and an unknown id is `not_found`.
 */
export function toErrorBodyV2(fault: StripeFault): { error: Json } {
  const code =
    fault.status === 404
      ? 'not_found'
      : fault.type !== 'invalid_request_error' || (fault.code !== undefined && !V1_CODES.test(fault.code))
        ? fault.code
        : 'invalid_fields';
  return {
    error: {
      ...(code === undefined ? {} : { code }),
      ...fault.details,
      message: fault.message,
      ...(fault.param === undefined ? {} : { param: fault.param }),
      ...(code === 'invalid_fields' ? {} : { type: fault.type }),
    },
  };
}

const V1_CODES = /^(parameter_|parameters_|url_invalid|resource_missing)/;
