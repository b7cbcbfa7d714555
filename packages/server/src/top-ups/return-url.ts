import { BillingError, topUpReturnParam } from '@meterboard/contract';

/** What decides where a payment page may send people. */
export interface ReturnPolicy {
  /** What the browser asked for. */
  asked: string | undefined;
  /** The host's own address, or nothing. */
  configured: string | undefined;
  /** Origins that `asked` may have. */
  allowedOrigins: readonly string[];
}

/** The two addresses that a payment page needs. */
export interface ReturnUrls {
  /** Both carry the top-up's id in `topUpReturnParam`, so that the page can say how it ended; query and fragment are kept. */
  successUrl: string;
  cancelUrl: string;
}

/** Rejects with `BillingError('invalid_input')` on `returnUrl` for any address that is not the host's. */
export function resolveReturnUrls(topUpId: string, policy: ReturnPolicy): ReturnUrls {
  const address = policy.asked ?? policy.configured;
  if (address === undefined) throw refused('Say where to return to after the payment.');
  if (!URL.canParse(address)) throw refused('The return address is not a whole address.');
  const url = new URL(address);
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  const isOurs = policy.asked === undefined || policy.allowedOrigins.includes(url.origin);
  if (!isWeb || !isOurs || url.username !== '' || url.password !== '') {
    throw refused('The return address is not on this site.');
  }
  if (url.searchParams.has(topUpReturnParam)) url.searchParams.delete(topUpReturnParam);
  const query = url.search === '' ? '?' : `${url.search}&`;
  url.search = `${query}${topUpReturnParam}=${topUpId}`;
  return { successUrl: url.href, cancelUrl: url.href };
}

function refused(message: string): BillingError {
  return new BillingError('invalid_input', { field: 'returnUrl', message });
}
