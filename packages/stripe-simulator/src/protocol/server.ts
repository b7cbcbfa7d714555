import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { World } from '../world.ts';
import { authenticate } from './auth.ts';
import { invalidRequest, notImplemented, StripeFault, toErrorBody } from './errors.ts';
import type { FaultState } from './faults.ts';
import { decodeForm, type FormMap, fingerprint } from './form.ts';
import type { IdempotencyKeys } from './idempotency.ts';
import type { PageAnswer, PageHandler } from './page.ts';
import type { LoggedRequest } from './request-log.ts';
import type { Match, Registry } from './router.ts';

/** The API version that is spoken when a request names none. */
export const API_VERSION = '2026-10-28.endive';
/** Larger bodies are refused with 413 before they are read to the end. */
export const MAX_BODY_BYTES = 1_000_000;

export interface ServerParts {
  world: World;
  /** Brings the world to the clock's present: runs what fell due since the last request. */
  settle(): void;
  find(method: string, path: string): Match | undefined;
  pages: PageHandler;
  registry: Registry;
  idempotency: IdempotencyKeys;
  faults: FaultState;
  log: { add(entry: LoggedRequest): void };
}

interface Answer {
  status: number;
  body: string;
  headers: Record<string, string>;
  replayed?: boolean;
  internalError?: string;
}

/** Answers requests: `/v1/*` is the API, everything else the simulator's own pages. */
export function createListener(parts: ServerParts): RequestListener {
  return (request, response) => {
    serve(parts, request, response).catch(() => response.destroy());
  };
}

async function serve(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { world, log, faults } = parts;
  const [path = '/', query = ''] = splitUrl(request.url ?? '/');
  const entry: LoggedRequest = {
    id: world.ids.next('req_', 14),
    method: request.method ?? 'GET',
    path,
    query,
    status: 0,
    atMs: world.nowMs(),
    idempotencyKey: headerOf(request, 'idempotency-key') ?? null,
    replayed: false,
    internalError: null,
  };
  if (faults.isDown()) {
    log.add(entry);
    request.socket.destroy();
    return;
  }
  const isApi = /^\/v[12]\//.test(path);
  const answer = isApi ? await answerApi(parts, request, entry) : await answerPage(parts, request, entry);
  entry.status = answer.status;
  entry.atMs = world.nowMs();
  entry.replayed = answer.replayed ?? false;
  entry.internalError = answer.internalError ?? null;
  log.add(entry);
  if (!request.complete) response.once('finish', () => request.destroy());
  response.writeHead(answer.status, { 'content-length': Buffer.byteLength(answer.body), ...answer.headers });
  response.end(answer.body);
}

async function answerApi(
  parts: ServerParts,
  request: IncomingMessage,
  entry: LoggedRequest,
): Promise<Answer> {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'request-id': entry.id,
    'stripe-version': headerOf(request, 'stripe-version') ?? API_VERSION,
    ...(entry.idempotencyKey === null ? {} : { 'idempotency-key': printable(entry.idempotencyKey) }),
  };
  try {
    const body = await readBody(request);
    authenticate(headerOf(request, 'authorization'));
    const fault = parts.faults.take(entry.method, entry.path);
    if (fault !== undefined) throw fault;
    const form = decodeRequest(request, entry, body);
    parts.settle();
    const match = parts.find(entry.method, entry.path);
    if (match === undefined) throw notImplemented(`${entry.method} ${entry.path}`);
    const answer = await run(parts, match, form, entry);
    return { ...answer, headers: { ...headers, ...answer.headers } };
  } catch (error) {
    const answer = faultAnswer(error);
    return { ...answer, headers: { ...headers, ...answer.headers } };
  }
}

async function run(parts: ServerParts, match: Match, form: FormMap, entry: LoggedRequest): Promise<Answer> {
  const { world, idempotency, faults } = parts;
  const key = entry.method === 'POST' ? entry.idempotencyKey : null;
  if (key !== null) {
    const stored = idempotency.begin(key, { path: entry.path, signature: fingerprint(form) }, world.nowMs());
    if (stored !== null) {
      const headers = { 'idempotent-replayed': 'true', 'original-request': stored.requestId };
      return { status: stored.status, body: stored.body, headers, replayed: true };
    }
  }
  let execute: (world: World) => object;
  try {
    execute = match.route.prepare(form, match.path, parts.registry);
  } catch (error) {
    if (key !== null) idempotency.abandon(key);
    throw error;
  }
  if (faults.latencyMs() > 0) await wait(faults.latencyMs());
  const answer = execution(() => {
    parts.settle();
    return execute(world);
  });
  if (key !== null)
    idempotency.finish(key, { status: answer.status, body: answer.body, requestId: entry.id });
  return answer;
}

function execution(execute: () => object): Answer {
  try {
    return { status: 200, body: JSON.stringify(execute(), null, 2), headers: {} };
  } catch (error) {
    return faultAnswer(error);
  }
}

function faultAnswer(error: unknown): Answer {
  if (error instanceof StripeFault) {
    return {
      status: error.status,
      body: JSON.stringify(toErrorBody(error), null, 2),
      headers: error.headers,
    };
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const fault = new StripeFault(
    `The Stripe simulator itself failed; this is not an answer that Stripe would give. ${error instanceof Error ? error.message : ''}`.trim(),
    { status: 500, type: 'api_error' },
  );
  return {
    status: 500,
    body: JSON.stringify(toErrorBody(fault), null, 2),
    headers: {},
    internalError: detail,
  };
}

async function answerPage(
  parts: ServerParts,
  request: IncomingMessage,
  entry: LoggedRequest,
): Promise<Answer> {
  try {
    const body = await readBody(request);
    parts.settle();
    const form = entry.method === 'POST' ? decodeForm(body) : new Map();
    return pageAnswer(parts.pages(parts.world, entry.method, entry.path, form));
  } catch (error) {
    const fault = faultAnswer(error);
    return { ...fault, headers: { 'content-type': 'application/json', ...fault.headers } };
  }
}

function pageAnswer(page: PageAnswer): Answer {
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
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': page.policy,
      'cache-control': 'no-store',
    },
  };
}

function decodeRequest(request: IncomingMessage, entry: LoggedRequest, body: string): FormMap {
  if (entry.method !== 'POST') return decodeForm(entry.query);
  const type = headerOf(request, 'content-type') ?? '';
  if (body !== '' && type !== '' && !/^application\/x-www-form-urlencoded\b/i.test(type)) {
    throw invalidRequest(
      `Invalid request: unsupported content type '${type}'. The v1 API takes application/x-www-form-urlencoded.`,
    );
  }
  return decodeForm(body);
}

function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= MAX_BODY_BYTES) {
        chunks.push(chunk);
        return;
      }
      request.removeAllListeners('data').pause();
      reject(
        new StripeFault(`Request body too large: at most ${MAX_BODY_BYTES} bytes are accepted.`, {
          status: 413,
          headers: { connection: 'close' },
        }),
      );
    });
    request.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.once('error', reject);
  });
}

function splitUrl(url: string): [string, string] {
  const mark = url.indexOf('?');
  return mark === -1 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)];
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}
