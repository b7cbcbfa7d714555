import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as WebStream } from 'node:stream/web';
import { markParsed } from './read-body.ts';
import { readyBodyOf, takeReadyBody } from './ready-body.ts';
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
      const answer = request instanceof Response ? request : await ask(meterboard, request);
      if (isCutShort(message, answer)) response.setHeader('connection', 'close');
      await send(answer, response);
    } catch {
      // What is left here is a connection that broke in the middle of the answer.
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
    }
    return true;
  };
}

function ask(meterboard: FetchHandler, request: Request): Promise<Response> {
  takeReadyBody(meterboard.handler, request);
  return meterboard.handler(request);
}

/** A body that was given up is not read on to its end, which may never come: the connection goes instead. */
function isCutShort(message: IncomingMessage, answer: Response): boolean {
  return answer.status === 413 && !message.complete && message.httpVersionMajor < 2;
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
    const pairs: [string, string][] = [];
    for (const [name, value] of Object.entries(message.headers)) {
      if (name.startsWith(':') || value === undefined) continue;
      for (const part of Array.isArray(value) ? value : [value]) pairs.push([name, part]);
    }
    if (method === 'GET' || method === 'HEAD')
      return new Request(address, { method, headers: pairs, signal });
    const headers = new Headers(pairs);
    const { body, isParsed } = bodyOf(message, headers);
    const request = new Request(address, { method, headers, signal, body, ...{ duplex: 'half' } });
    if (isParsed) markParsed(request);
    return request;
  } catch {
    return refuse(400, 'invalid_input', 'The address or a header of the request is not valid.');
  }
}

/** What was sent, as far as it can still be had. */
interface MessageBody {
  body: BodyInit;
  /** Whether it is only a rendering of what was sent: of no use to signatures. */
  isParsed: boolean;
}

/**
 * A body parser that ran before has consumed the stream and left its result in `body`, and the bytes themselves in
 * `rawBody` where it was asked to (Google's and Firebase's functions, Nest, `verify` of Express). Own properties
 * only: what a polluted prototype holds is no body.
 */
function bodyOf(message: IncomingMessage, headers: Headers): MessageBody {
  const isConsumed = message.readableEnded || message.readableDidRead;
  const raw = ownProperty(message, 'rawBody');
  const parsed = ownProperty(message, 'body');
  if (!isConsumed && !isBytes(raw)) return { body: streamOf(message), isParsed: false };
  headers.delete('content-length');
  headers.delete('transfer-encoding');
  for (const bytes of [raw, parsed]) {
    if (isBytes(bytes)) return { body: copyOf(bytes), isParsed: false };
  }
  return { body: parsed === undefined ? '' : (JSON.stringify(parsed) ?? ''), isParsed: true };
}

function ownProperty(message: IncomingMessage, name: string): unknown {
  return Object.hasOwn(message, name) ? Reflect.get(message, name) : undefined;
}

function isBytes(value: unknown): value is string | Uint8Array {
  return typeof value === 'string' || value instanceof Uint8Array;
}

function copyOf(bytes: string | Uint8Array): BodyInit {
  return typeof bytes === 'string' ? bytes : new Uint8Array(bytes);
}

/** Giving up on the stream leaves the connection alone: the refusal still has to go out on it. */
function streamOf(message: IncomingMessage): BodyInit {
  const chunks = message.iterator({ destroyOnReturn: false });
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const { value, done } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await chunks.return?.();
    },
  });
}

async function send(answer: Response, response: ServerResponse): Promise<void> {
  if (response.destroyed) return;
  const headers: Record<string, string | number> = Object.fromEntries(answer.headers);
  const body = readyBodyOf(answer);
  if (body) {
    headers['content-length'] = body.length;
    response.writeHead(answer.status, headers);
    response.end(body);
    return;
  }
  response.writeHead(answer.status, headers);
  if (!answer.body) {
    response.end();
    return;
  }
  await pipeline(Readable.fromWeb(answer.body as WebStream), response);
}
