/** Every expected failure. Codes are append-only: a code never changes its meaning and is never removed. */
export type BillingErrorCode =
  | 'not_signed_in'
  | 'not_allowed'
  | 'customer_not_found'
  | 'invalid_range'
  | 'top_up_disabled'
  | 'conflict'
  | 'invalid_input'
  | 'unknown_meter'
  | 'unknown_package'
  | 'not_found'
  | 'payment_declined'
  | 'provider_rate_limited'
  | 'provider_unavailable'
  | 'provider_rejected';

/** What reaches a browser when something failed. Holds no provider text, ids or causes. */
export interface PublicError {
  /** `internal` stands for a bug on the server; everything else is expected. */
  code: BillingErrorCode | 'internal';
  /** English, safe to show: what happened and what to do. User interfaces translate by `code`. */
  message: string;
  /** Whether the same call may succeed later without changing it. */
  retryable: boolean;
  /** How long to wait before the next try, where the provider said so. */
  retryAfterMs?: number | undefined;
  /** The input field at fault, dotted ("range.endMs"). */
  field?: string | undefined;
  /** The limit that was exceeded, in words ("at most 400 days"). */
  limit?: string | undefined;
}

/** The public words for each code. */
export const publicMessages = {
  not_signed_in: 'You are not signed in. Sign in and try again.',
  not_allowed: 'Your role does not include this. Ask an administrator of your account.',
  customer_not_found: 'There is no billing profile for this account yet.',
  invalid_range: 'This time range cannot be shown.',
  top_up_disabled: 'Top-ups are not available for this account.',
  conflict: 'This attempt was already used for something else. Reload the page and try again.',
  invalid_input: 'The request is not valid.',
  unknown_meter: 'There is no such meter.',
  unknown_package: 'There is no such top-up package.',
  not_found: 'Not found.',
  payment_declined: 'The payment was declined. Use another card or contact your bank.',
  provider_rate_limited: 'Billing data is being read too often right now. Try again in a moment.',
  provider_unavailable: 'The billing provider cannot be reached right now. Try again in a moment.',
  provider_rejected:
    'Billing data cannot be read because of a configuration problem. The operator can see why in the log.',
  internal: 'Something went wrong on the server. The operator can see why in the log.',
} satisfies Record<BillingErrorCode | 'internal', string>;

/** Longer than a moment. */
const longWaitMs = 60_000;

/** The words for a code, which promise no moment where the wait is longer. */
function wordsFor(code: PublicError['code'], retryAfterMs = 0): string {
  if (code !== 'provider_rate_limited' || retryAfterMs <= longWaitMs) return publicMessages[code];
  return 'Billing data has been read too often. Try again later.';
}

/** Whether waiting and trying the same call again can help. */
export function isRetryable(code: PublicError['code']): boolean {
  return code === 'provider_rate_limited' || code === 'provider_unavailable';
}

/** Details of a `BillingError` that may cross the wire. */
export interface BillingErrorDetails {
  retryAfterMs?: number | undefined;
  field?: string | undefined;
  limit?: string | undefined;
  /** For the host's log only; never serialised. */
  cause?: unknown;
  /** For the server only: the provider has answered, so nothing of this call is still under way. */
  answered?: boolean;
  /** Replaces the table's words; must be safe for customers to read. */
  message?: string;
}

/**
 * An expected failure; `code` is the API. `message` is safe to show to customers. The cause stays on the side
 * that threw it: `toPublicError()` leaves it out.
 */
export class BillingError extends Error {
  override readonly name = 'BillingError';
  readonly code: PublicError['code'];
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  readonly field?: string;
  readonly limit?: string;
  readonly answered: boolean;

  constructor(code: PublicError['code'], details: BillingErrorDetails = {}) {
    const message = details.message ?? wordsFor(code, details.retryAfterMs);
    super(message, 'cause' in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.retryable = isRetryable(code);
    this.answered = details.answered ?? false;
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
    if (details.field !== undefined) this.field = details.field;
    if (details.limit !== undefined) this.limit = details.limit;
  }

  /** The part of this error that may leave the server. */
  toPublicError(): PublicError {
    const error: PublicError = { code: this.code, message: this.message, retryable: this.retryable };
    if (this.retryAfterMs !== undefined) error.retryAfterMs = this.retryAfterMs;
    if (this.field !== undefined) error.field = this.field;
    if (this.limit !== undefined) error.limit = this.limit;
    return error;
  }

  /** The error that a `PublicError` describes, on the receiving side. */
  static fromPublicError(error: PublicError): BillingError {
    const { code, ...details } = error;
    return new BillingError(code, details);
  }
}

/** Where a tRPC error carries ours: `error.data.billing`. */
export interface BillingErrorData {
  billing?: PublicError;
}

/**
 * The `BillingError` in anything a client can reject with: a `BillingError`, an error whose cause is one (a call
 * without HTTP), a tRPC client error that carries one, or a failure of the network, which counts as
 * `provider_unavailable`. An answer without our data is a bug on the server and becomes `internal`.
 */
export function toBillingError(error: unknown): BillingError {
  if (error instanceof BillingError) return error;
  if (error instanceof Error && error.cause instanceof BillingError) return error.cause;
  const data = readData(error);
  if (data?.billing) return BillingError.fromPublicError(data.billing);
  const answered = data !== undefined;
  return new BillingError(answered ? 'internal' : 'provider_unavailable', { cause: error });
}

function readData(error: unknown): BillingErrorData | undefined {
  if (typeof error !== 'object' || error === null || !('data' in error)) return undefined;
  const { data } = error;
  return typeof data === 'object' && data !== null ? data : undefined;
}
