import { BillingError } from '@meterboard/contract';
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc';

const trpcCodes = {
  400: 'BAD_REQUEST',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_SUPPORTED',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  500: 'INTERNAL_SERVER_ERROR',
  503: 'SERVICE_UNAVAILABLE',
} as const;

/** An error answer in the shape that tRPC clients understand. */
export function refuse(
  httpStatus: keyof typeof trpcCodes,
  code: 'not_found' | 'invalid_input' | 'internal' | 'provider_unavailable',
  message?: string,
): Response {
  const billing = new BillingError(code, message === undefined ? {} : { message }).toPublicError();
  const trpcCode = trpcCodes[httpStatus];
  const error = {
    message: billing.message,
    code: TRPC_ERROR_CODES_BY_KEY[trpcCode],
    data: { code: trpcCode, httpStatus, billing },
  };
  return withHeaders(Response.json({ error }, { status: httpStatus }));
}

/** For methods that nothing here takes. */
export function refuseMethod(words = 'Use GET or POST.', allow = 'GET, HEAD, POST, OPTIONS'): Response {
  const response = refuse(405, 'invalid_input', words);
  response.headers.set('allow', allow);
  return response;
}

/** The same answer, never cached and never taken for another type. */
export function withHeaders(response: Response): Response {
  response.headers.set('cache-control', 'no-store');
  response.headers.set('x-content-type-options', 'nosniff');
  return response;
}
