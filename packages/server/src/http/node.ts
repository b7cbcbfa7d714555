import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { refuse, refuseMethod } from './refuse.ts';

/** The part of a `Meterboard` that answers requests. */
export interface FetchHandler {
  basePath: string;
  handler(request: Request): Promise<Response>;
}

/**
 * Resolves to whether the request was answered. Requests outside of the base path are left untouched: then it
 * resolves to `false`, after calling `next()` where a framework passed one. Never rejects, whatever a request holds.
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
    try {
      const request = toRequest(message, path, gone.signal);
      await send(request instanceof Response ? request : await meterboard.handler(request), response);
    } catch {
      // What is left here is a connection that broke in the middle of the answer.
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
    }
    return true;
  };
}

/** Frameworks cut the mount path off `url` and keep the whole in `originalUrl`. */
function pathOf(message: IncomingMessage): string {
  const original: unknown = Reflect.get(message, 'originalUrl');
  return typeof original === 'string' ? original : (message.url ?? '/');
}

/** The request as fetch has it, or the refusal of one that fetch cannot express. */
function toRequest(message: IncomingMessage, path: string, signal: AbortSignal): Request | Response {
  const method = message.method ?? 'GET';
  if (/^(TRACE|TRACK|CONNECT)$/i.test(method)) return refuseMethod();
  const isEncrypted = Reflect.get(message.socket, 'encrypted') === true;
  const host = message.headers[':authority'] ?? message.headers.host ?? 'localhost';
  const address = `${isEncrypted ? 'https' : 'http'}://${host}${path}`;
  try {
    const headers = new Headers();
    for (const [name, value] of Object.entries(message.headers)) {
      if (name.startsWith(':') || value === undefined) continue;
      for (const part of Array.isArray(value) ? value : [value]) headers.append(name, part);
    }
    if (method === 'GET' || method === 'HEAD') return new Request(address, { method, headers, signal });
    const body = bodyOf(message, headers);
    return new Request(address, { method, headers, signal, body, ...{ duplex: 'half' } });
  } catch {
    return refuse(400, 'invalid_input', 'The address or a header of the request is not valid.');
  }
}

/** A body parser that ran before has consumed the stream and left its result in `body`. */
function bodyOf(message: IncomingMessage, headers: Headers): BodyInit {
  const parsed: unknown = Reflect.get(message, 'body');
  if (parsed === undefined || !message.readableEnded) return Readable.toWeb(message) as unknown as BodyInit;
  headers.delete('content-length');
  if (parsed instanceof Uint8Array) return new Uint8Array(parsed);
  return typeof parsed === 'string' ? parsed : JSON.stringify(parsed);
}

async function send(answer: Response, response: ServerResponse): Promise<void> {
  if (response.destroyed) return;
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  if (!answer.body) {
    response.end();
    return;
  }
  await pipeline(Readable.fromWeb(answer.body as ReadableStream), response);
}
