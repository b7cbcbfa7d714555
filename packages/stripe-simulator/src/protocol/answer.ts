import { StripeFault, toErrorBody, toErrorBodyV2 } from './errors.ts';
import type { PageAnswer } from './page.ts';

/** What goes back to the client. */
export interface Answer {
  status: number;
  body: string;
  headers: Record<string, string>;
  replayed?: boolean;
  /** What went wrong inside the simulator, for a 500 of its own. */
  internalError?: string;
  /** Breaks the connection: instead of the answer, or in the middle of it. */
  broken?: 'reset' | 'truncate';
}

/** A successful answer of the API. */
export function jsonAnswer(body: object): Answer {
  return { status: 200, body: JSON.stringify(body, null, 2), headers: {} };
}

/** An error as Stripe words it; anything that is no `StripeFault` is a 500 that says it is the simulator's own. */
export function faultAnswer(error: unknown, api: 'v1' | 'v2' = 'v1'): Answer {
  const render = (fault: StripeFault): string =>
    JSON.stringify(api === 'v2' ? toErrorBodyV2(fault) : toErrorBody(fault), null, 2);
  if (error instanceof StripeFault) {
    const headers: Record<string, string> =
      error.status < 500 && error.status !== 409 && error.status !== 429
        ? { 'stripe-should-retry': 'false' }
        : {};
    return { status: error.status, body: render(error), headers: { ...headers, ...error.headers } };
  }
  const fault = new StripeFault(
    `The Stripe simulator itself failed; this is not an answer that Stripe would give. ${error instanceof Error ? error.message : ''}`.trim(),
    { status: 500, type: 'api_error' },
  );
  return {
    status: 500,
    body: render(fault),
    headers: {},
    internalError: error instanceof Error ? (error.stack ?? error.message) : String(error),
  };
}

export function pageAnswer(page: PageAnswer): Answer {
  const headers: Record<string, string> = {
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
  if (page.redirectTo !== undefined)
    return { status: 303, body: '', headers: { ...headers, location: page.redirectTo } };
  return {
    status: page.status,
    body: page.html,
    headers: {
      ...headers,
      'content-type': page.type ?? 'text/html; charset=utf-8',
      'content-security-policy': page.policy,
      'cache-control': 'no-store',
    },
  };
}
