import { BillingError, type PublicError } from '@meterboard/contract';
import { TRPCError } from '@trpc/server';
import { describeCause, type Logger } from '../logger.ts';

type TrpcCode = TRPCError['code'];

/** Which tRPC code, and with it which HTTP status, carries each of ours. */
const trpcCodes = {
  not_signed_in: 'UNAUTHORIZED',
  not_allowed: 'FORBIDDEN',
  customer_not_found: 'NOT_FOUND',
  invalid_range: 'BAD_REQUEST',
  top_up_disabled: 'PRECONDITION_FAILED',
  conflict: 'CONFLICT',
  invalid_input: 'BAD_REQUEST',
  unknown_meter: 'BAD_REQUEST',
  unknown_package: 'BAD_REQUEST',
  not_found: 'NOT_FOUND',
  payment_declined: 'PRECONDITION_FAILED',
  provider_rate_limited: 'TOO_MANY_REQUESTS',
  provider_unavailable: 'BAD_GATEWAY',
  provider_rejected: 'INTERNAL_SERVER_ERROR',
  internal: 'INTERNAL_SERVER_ERROR',
} satisfies Record<PublicError['code'], TrpcCode>;

/** The tRPC error for a `BillingError`, which it carries as its cause. */
export function toTrpcError(error: BillingError): TRPCError {
  return new TRPCError({ code: trpcCodes[error.code], message: error.message, cause: error });
}

/**
 * The expected failure behind anything that was thrown: a `BillingError` itself, input that the schema refused
 * (`invalid_input`, or `invalid_range` below `range`), a call that tRPC refused; anything else is `internal`.
 */
export function toExpectedError(thrown: unknown): BillingError {
  if (thrown instanceof BillingError) return thrown;
  if (!(thrown instanceof TRPCError)) return new BillingError('internal', { cause: thrown });
  if (thrown.cause instanceof BillingError) return thrown.cause;
  switch (thrown.code) {
    case 'BAD_REQUEST':
      return refusedInput(thrown);
    case 'NOT_FOUND':
      return new BillingError('not_found', { cause: thrown });
    case 'PARSE_ERROR':
    case 'METHOD_NOT_SUPPORTED':
    case 'UNSUPPORTED_MEDIA_TYPE':
    case 'PAYLOAD_TOO_LARGE':
      return new BillingError('invalid_input', { cause: thrown });
    default:
      return new BillingError('internal', { cause: thrown.cause ?? thrown });
  }
}

/** Where failures are told, and whether anyone still waits for the answer. */
export interface FailureContext {
  logger: Logger;
  signal: AbortSignal | null;
}

/**
 * Tells the host what it cannot see: bugs and refusals of the provider as errors, outages as warnings. What failed
 * because the browser went away is no failure.
 */
export function logFailure({ logger, signal }: FailureContext, error: BillingError, where: string): void {
  if (signal?.aborted && (error.code === 'provider_unavailable' || isAbort(error.cause))) return;
  const details = { where, code: error.code, cause: describeCause(error.cause ?? error) };
  if (error.code === 'internal' || error.code === 'provider_rejected')
    logger.error('A call failed.', details);
  else if (error.retryable) logger.warn('The billing provider did not answer.', details);
  else if (error.code === 'payment_declined') logger.info('A payment was declined.', details);
}

function isAbort(cause: unknown): boolean {
  return cause instanceof Error && cause.name === 'AbortError';
}

interface SchemaIssue {
  path: PropertyKey[];
  keys?: string[];
  /** `custom`: a rule of ours, whose `message` is in our words. */
  code?: string;
  message?: string;
}

function refusedInput(thrown: TRPCError): BillingError {
  const issue = firstIssue(thrown.cause);
  if (!issue) return new BillingError('invalid_input', { cause: thrown });
  const path = [...issue.path, ...(issue.keys?.slice(0, 1) ?? [])].map(String);
  const code = path[0] === 'range' ? 'invalid_range' : 'invalid_input';
  const field = path.join('.').slice(0, 100);
  if (field === '') return new BillingError(code, { cause: thrown });
  const why = issue.code === 'custom' && issue.message ? `${field} is ${issue.message}` : field;
  const words = code === 'invalid_input' ? { message: `The request is not valid: ${why}.` } : {};
  return new BillingError(code, { cause: thrown, field, ...words });
}

/** Reads zod's issue list without depending on which copy of zod threw it. */
function firstIssue(cause: unknown): SchemaIssue | undefined {
  if (typeof cause !== 'object' || cause === null || !('issues' in cause)) return undefined;
  const { issues } = cause;
  return Array.isArray(issues) ? issues[0] : undefined;
}
