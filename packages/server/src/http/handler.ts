import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import type { Answers } from '../cache/answers.ts';
import { describeCause, type Logger } from '../logger.ts';
import { meterboardRouter } from '../router/index.ts';
import type { MeterboardContext } from '../router/init.ts';
import { answerExport } from './export.ts';
import { createKeptOverview } from './kept-overview.ts';
import { readBody } from './read-body.ts';
import { refuse, refuseMethod, withHeaders } from './refuse.ts';

/** The longest request body that is read. */
export const maxBodyBytes = 100_000;

/** The most calls that one request may batch. */
export const maxBatchSize = 10;

/** What the handler is made of. */
export interface HandlerParts {
  basePath: string;
  createContext(request: Request): MeterboardContext;
  logger: Logger;
  /** Where finished answers are kept; left out: nowhere. */
  answers?: Answers | null;
  /** Answers what the provider delivers; left out: nothing is listened to. Never rejects. */
  receiveEvent?(request: Request): Promise<Response>;
}

/**
 * The fetch handler: tRPC below `${basePath}/trpc`, files below `${basePath}/export`, the provider's events at
 * `${basePath}/webhooks/stripe`, JSON errors for everything else. Answers are never cached; bodies that are too long,
 * broken off or not JSON are refused before anything is read. Never rejects.
 */
export function createHandler(parts: HandlerParts): (request: Request) => Promise<Response> {
  const endpoint = `${parts.basePath}/trpc`;
  const overview = createKeptOverview(endpoint, parts.answers ?? null);
  return async (request) => {
    try {
      const { pathname } = new URL(request.url);
      if (parts.receiveEvent && pathname === `${parts.basePath}/webhooks/stripe`) {
        return await parts.receiveEvent(request);
      }
      if (pathname.startsWith(`${parts.basePath}/export/`)) return await answerExport(request, parts);
      if (!['GET', 'HEAD', 'POST'].includes(request.method)) return refuseMethod();
      if (!pathname.startsWith(`${endpoint}/`)) return refuse(404, 'not_found');
      const body = request.method === 'POST' ? await readJson(request) : null;
      if (body instanceof Response) return body;
      const context = parts.createContext(request);
      const make = () =>
        fetchRequestHandler({
          endpoint,
          req: withBody(request, body),
          router: meterboardRouter,
          createContext: () => context,
          maxBatchSize,
          allowMethodOverride: true,
        });
      return withHeaders(await overview.answer(request, context, make));
    } catch (error) {
      if (!request.signal.aborted)
        parts.logger.error('A request failed outside of its procedure.', { cause: describeCause(error) });
      return refuse(500, 'internal');
    }
  };
}

/** The request that tRPC sees. A streamed answer would begin before anyone is known to be signed in: not offered. */
function withBody({ url, method, headers, signal }: Request, body: Buffer<ArrayBuffer> | null): Request {
  const known = new Headers(headers);
  known.delete('trpc-accept');
  return new Request(url, { method, headers: known, signal, ...(body === null ? {} : { body }) });
}

/** The body of a call, or the refusal of one that is no JSON. */
async function readJson(request: Request): Promise<Buffer<ArrayBuffer> | Response> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') return refuse(415, 'invalid_input', 'Send application/json.');
  return readBody(request, maxBodyBytes);
}
