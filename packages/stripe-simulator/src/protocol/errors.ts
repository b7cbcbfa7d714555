/** Stripe's own error types; the SDK picks its error class by status and type. */
export type ErrorType = 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';

export interface FaultOptions {
  status?: number;
  type?: ErrorType;
  code?: string;
  param?: string;
  headers?: Record<string, string>;
}

/** An answer that is an error: carries everything that Stripe's error body and status say. */
export class StripeFault extends Error {
  readonly status: number;
  readonly type: ErrorType;
  readonly code: string | undefined;
  readonly param: string | undefined;
  readonly headers: Record<string, string>;

  constructor(message: string, options: FaultOptions = {}) {
    super(message);
    this.name = 'StripeFault';
    this.status = options.status ?? 400;
    this.type = options.type ?? 'invalid_request_error';
    this.code = options.code;
    this.param = options.param;
    this.headers = options.headers ?? {};
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
export function toErrorBody(fault: StripeFault): { error: Record<string, string> } {
  return {
    error: {
      ...(fault.code === undefined
        ? {}
        : {
            code: fault.code,
            doc_url: `https://stripe.com/docs/error-codes/${fault.code.replaceAll('_', '-')}`,
          }),
      message: fault.message,
      ...(fault.param === undefined ? {} : { param: fault.param }),
      type: fault.type,
    },
  };
}
