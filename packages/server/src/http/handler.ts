import { BillingError } from '@meterboard/contract';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { describeCause, type Logger } from '../logger.ts';
import { meterboardRouter } from '../router/index.ts';
import type { MeterboardContext } from '../router/init.ts';

/** The longest request body that is read. */
export const maxBodyBytes = 100_000;

/** The most calls that one request may batch. */
export const maxBatchSize = 20;

/** What the handler is made of. */
export interface HandlerParts {
  basePath: string;
  createContext(request: Request): MeterboardContext;
  logger: Logger;
}

/**
 * The fetch handler: tRPC below `${basePath}/trpc`, JSON errors for everything else. Answers are never cached;
 * bodies that are too long or not JSON are refused before anything is read. Never rejects.
 */
export function createHandler(parts: HandlerParts): (request: Request) => Promise<Response> {
  const endpoint = `${parts.basePath}/trpc`;
  return async (request) => {
    try {
      if (!new URL(request.url).pathname.startsWith(`${endpoint}/`)) return refuse(404, 'not_found');
      const req = request.method === 'POST' ? await readBody(request) : request;
      if (req instanceof Response) return req;
      return withHeaders(
        await fetchRequestHandler({
          endpoint,
          req,
          router: meterboardRouter,
          createContext: () => parts.createContext(request),
          maxBatchSize,
        }),
      );
    } catch (error) {
      parts.logger.error('A request failed outside of its procedure.', { cause: describeCause(error) });
      return refuse(500, 'internal');
    }
  };
}

/** An error answer in the shape that tRPC clients understand. */
export function refuse(
  httpStatus: number,
  code: 'not_found' | 'invalid_input' | 'internal',
  message?: string,
): Response {
  const billing = new BillingError(code, message === undefined ? {} : { message }).toPublicError();
  const data = { code: httpStatus === 500 ? 'INTERNAL_SERVER_ERROR' : 'BAD_REQUEST', httpStatus, billing };
  const error = { message: billing.message, code: httpStatus === 500 ? -32603 : -32600, data };
  return withHeaders(Response.json({ error }, { status: httpStatus }));
}

/** The same request with its body in memory, or the refusal of it. */
async function readBody(request: Request): Promise<Request | Response> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') return refuse(415, 'invalid_input', 'Send application/json.');
  const tooLong = () =>
    refuse(413, 'invalid_input', `The request body is longer than ${maxBodyBytes} bytes.`);
  if (Number(request.headers.get('content-length') ?? 0) > maxBodyBytes) return tooLong();
  const chunks: Uint8Array[] = [];
  let byteCount = 0;
  if (request.body) {
    for await (const chunk of request.body) {
      byteCount += chunk.byteLength;
      if (byteCount > maxBodyBytes) return tooLong();
      chunks.push(chunk);
    }
  }
  const { url, method, headers, signal } = request;
  return new Request(url, { method, headers, signal, body: Buffer.concat(chunks) });
}

function withHeaders(response: Response): Response {
  const headers = new Headers(response.headers);
  headers.set('cache-control', 'no-store');
  headers.set('x-content-type-options', 'nosniff');
  return new Response(response.body, { status: response.status, headers });
}
