import { topUpReturnParam } from '@meterboard/contract';

/** This page, to come back to. `undefined` where it is too long to send. */
export function returnUrl(): string | undefined {
  const url = new URL(location.href);
  url.searchParams.delete(topUpReturnParam);
  return url.href.length > 2000 ? undefined : url.href;
}
