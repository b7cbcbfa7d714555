import { withHeaders } from './refuse.ts';

type Handle = (request: Request) => Promise<Response>;

/**
 * Lets pages of the listed origins call with cookies: answers their preflights and names them on answers. Other
 * origins get answers that browsers keep from them.
 */
export function withCors(handle: Handle, allowedOrigins: readonly string[]): Handle {
  return async (request) => {
    const isPreflight = request.method === 'OPTIONS';
    const answer = isPreflight ? withHeaders(new Response(null, { status: 204 })) : await handle(request);
    if (allowedOrigins.length === 0) return answer;
    answer.headers.append('vary', 'Origin');
    const origin = request.headers.get('origin');
    if (origin === null || !allowedOrigins.includes(origin)) return answer;
    answer.headers.set('access-control-allow-origin', origin);
    answer.headers.set('access-control-allow-credentials', 'true');
    if (isPreflight) {
      answer.headers.set('access-control-allow-methods', 'GET, POST');
      answer.headers.set('access-control-allow-headers', 'content-type');
    }
    return answer;
  };
}
