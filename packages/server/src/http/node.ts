import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { refuse } from './handler.ts';

/** The part of a `Meterboard` that answers requests. */
export interface FetchHandler {
  basePath: string;
  handler(request: Request): Promise<Response>;
}

/**
 * Resolves to whether the request was answered. Requests outside of the base path are left untouched: then it
 * resolves to `false`, after calling `next()` where a framework passed one.
 */
export type NodeHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: () => void,
) => Promise<boolean>;

/**
 * Mounts a Meterboard in `node:http`, Express or anything like them. Works before and after a body parser. When
 * the browser goes away, so does the work for it.
 */
export function toNodeHandler(meterboard: FetchHandler): NodeHandler {
  return async (message, response, next) => {
    const path = pathOf(message);
    const [pathname = ''] = path.split('?', 1);
    if (pathname !== meterboard.basePath && !pathname.startsWith(`${meterboard.basePath}/`)) {
      next?.();
      return false;
    }
    const gone = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) gone.abort();
    });
    const request = toRequest(message, path, gone.signal);
    const answer = request ? await meterboard.handler(request) : refuse(400, 'invalid_input');
    await send(answer, response);
    return true;
  };
}

/** Frameworks cut the mount path off `url` and keep the whole in `originalUrl`. */
function pathOf(message: IncomingMessage): string {
  const original: unknown = Reflect.get(message, 'originalUrl');
  return typeof original === 'string' ? original : (message.url ?? '/');
}

function toRequest(message: IncomingMessage, path: string, signal: AbortSignal): Request | null {
  const isEncrypted = Reflect.get(message.socket, 'encrypted') === true;
  const address = `${isEncrypted ? 'https' : 'http'}://${message.headers.host ?? 'localhost'}${path}`;
  if (!path.startsWith('/') || !URL.canParse(address)) return null;
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headers)) {
    if (name.startsWith(':') || value === undefined) continue;
    for (const part of Array.isArray(value) ? value : [value]) headers.append(name, part);
  }
  const method = message.method ?? 'GET';
  if (method === 'GET' || method === 'HEAD') return new Request(address, { method, headers, signal });
  const streaming = { duplex: 'half' };
  return new Request(address, { method, headers, signal, body: bodyOf(message, headers), ...streaming });
}

/** A body parser that ran before has consumed the stream and left its result in `body`. */
function bodyOf(message: IncomingMessage, headers: Headers): BodyInit {
  const parsed: unknown = Reflect.get(message, 'body');
  if (parsed === undefined || !message.readableEnded) return Readable.toWeb(message) as unknown as BodyInit;
  headers.delete('content-length');
  return typeof parsed === 'string' ? parsed : JSON.stringify(parsed);
}

async function send(answer: Response, response: ServerResponse): Promise<void> {
  if (response.destroyed) return;
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  if (!answer.body) {
    response.end();
    return;
  }
  try {
    await pipeline(Readable.fromWeb(answer.body as ReadableStream), response);
  } catch (error) {
    // A browser that leaves in the middle of an answer is no failure.
    if (!response.destroyed) throw error;
  }
}
