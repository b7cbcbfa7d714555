import type { RequestFacts } from '../router/init.ts';

/**
 * Where a request comes from, by what browsers attest: `Sec-Fetch-Site` where it is sent, otherwise the `Origin`
 * header against the request's own host. A request with neither comes from no page and may change things: it
 * carries no cookie that another site could misuse.
 */
export function readRequestFacts(request: Request, allowedOrigins: readonly string[]): RequestFacts {
  const url = new URL(request.url);
  const origin = request.headers.get('origin');
  const site = request.headers.get('sec-fetch-site');
  const isListed = origin !== null && allowedOrigins.includes(origin);
  const isOwnHost = origin !== null && URL.canParse(origin) && new URL(origin).host === url.host;
  const isOwn = site === null ? origin === null || isOwnHost : site === 'same-origin' || site === 'none';
  const trustsOrigin = origin !== null && origin !== 'null' && (isOwn || isListed);
  return {
    mayMutate: isOwn || isListed,
    isPost: request.method === 'POST',
    ownOrigins: trustsOrigin ? [url.origin, origin] : [url.origin],
  };
}
