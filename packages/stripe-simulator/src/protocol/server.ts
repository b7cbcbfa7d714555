import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { withRequest } from '../events/request-context.ts';
import type { World } from '../world.ts';
import { type Answer, faultAnswer, jsonAnswer, pageAnswer } from './answer.ts';
import { authenticate } from './auth.ts';
import { decodeRequest, readBody } from './body.ts';
import { notImplemented, type StripeFault } from './errors.ts';
import type { FaultState, PlannedFault } from './faults.ts';
import { decodeForm, fingerprint } from './form.ts';
import type { IdempotencyKeys } from './idempotency.ts';
import type { PageHandler } from './page.ts';
import type { RateLimits } from './rate-limits.ts';
import type { LoggedRequest } from './request-log.ts';
import type { Match, Registry, RequestInput } from './router.ts';
import { API_VERSION, readVersion } from './version.ts';

export { MAX_BODY_BYTES } from './body.ts';
export { API_VERSION } from './version.ts';

/** Answers what lies under `/_simulator`: the switches. */
export type ControlHandler = (
  request: { method: string; path: string; query: string; type: string },
  body: string,
) => Promise<Answer>;

export interface ServerParts {
  world: World;
  /** Brings the world to the clock's present: runs what fell due since the last request. */
  settle(): void;
  find(method: string, path: string): Match | undefined;
  pages: PageHandler;
  control: ControlHandler;
  registry: Registry;
  idempotency: IdempotencyKeys;
  limits: RateLimits;
  faults: FaultState;
  log: { add(entry: LoggedRequest): void };
  /** Called when an answer has been given. */
  afterRequest(): void;
}

/** Answers requests: `/v1/*` and `/v2/*` are the API, `/_simulator/*` the switches, all else the simulator's own pages. */
export function createListener(parts: ServerParts): RequestListener {
  return (request, response) => {
    serve(parts, request, response).catch(() => response.destroy());
  };
}

async function serve(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { world, log, faults } = parts;
  const [path, query] = splitUrl(request.url ?? '/');
  if (path === '/_simulator' || path.startsWith('/_simulator/')) {
    send(request, response, await answerControl(parts, request, path, query));
    parts.afterRequest();
    return;
  }
  const entry: LoggedRequest = {
    id: world.ids.next('req_', 14),
    method: request.method ?? 'GET',
    path,
    query,
    status: 0,
    atMs: world.ownNowMs(),
    idempotencyKey: headerOf(request, 'idempotency-key') ?? null,
    replayed: false,
    internalError: null,
  };
  if (faults.isDown()) {
    log.add(entry);
    request.socket.destroy();
    return;
  }
  const isApi = path.startsWith('/v1/') || path.startsWith('/v2/');
  const answer = isApi ? await answerApi(parts, request, entry) : await answerPage(parts, request, entry);
  entry.status = answer.broken === 'reset' ? 0 : answer.status;
  entry.atMs = world.ownNowMs();
  entry.replayed = answer.replayed ?? false;
  entry.internalError = answer.internalError ?? null;
  log.add(entry);
  send(request, response, answer);
  parts.afterRequest();
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  if (answer.broken === 'reset') {
    request.socket.resetAndDestroy();
    return;
  }
  if (!request.complete) response.once('finish', () => request.destroy());
  const bytes = Buffer.byteLength(answer.body);
  response.writeHead(answer.status, { 'content-length': bytes, ...answer.headers });
  if (answer.broken === 'truncate') {
    response.write(Buffer.from(answer.body).subarray(0, bytes >> 1), () => request.socket.destroy());
    return;
  }
  response.end(answer.body, bytes === answer.body.length ? 'latin1' : 'utf8');
}

async function answerApi(
  parts: ServerParts,
  request: IncomingMessage,
  entry: LoggedRequest,
): Promise<Answer> {
  const version = headerOf(request, 'stripe-version');
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'request-id': entry.id,
    'stripe-version': printable(version ?? API_VERSION),
    ...(entry.idempotencyKey === null ? {} : { 'idempotency-key': printable(entry.idempotencyKey) }),
  };
  const answer = await checkedAnswer(parts, request, entry, version);
  return { ...answer, headers: { ...headers, ...answer.headers } };
}

async function checkedAnswer(
  parts: ServerParts,
  request: IncomingMessage,
  entry: LoggedRequest,
  version: string | undefined,
): Promise<Answer> {
  const api = entry.path.startsWith('/v2/') ? 'v2' : 'v1';
  let leave: (() => void) | undefined;
  try {
    const body = await readBody(request);
    authenticate(headerOf(request, 'authorization'));
    const versionDay = readVersion(version);
    const planned = parts.faults.take(entry.method, entry.path);
    if (planned?.kind === 'status' && planned.when === 'before') throw planned.fault;
    const type = headerOf(request, 'content-type') ?? '';
    const input = { ...decodeRequest({ ...entry, type }, body), versionDay };
    parts.settle();
    const match = parts.find(entry.method, entry.path);
    if (match === undefined) throw notImplemented(`${entry.method} ${entry.path}`);
    leave = enterLimits(parts, match, input);
    const text = entry.query === '' || api === 'v2' ? body : `${body}&${entry.query}`;
    return await run(parts, match, input, entry, text, planned);
  } catch (error) {
    return faultAnswer(error, api);
  } finally {
    leave?.();
  }
}

function enterLimits({ limits, world }: ServerParts, { route }: Match, input: RequestInput): () => void {
  return limits.enter(
    { endpoint: `${route.method} ${route.path}`, lane: () => route.lane?.(world, input) ?? null },
    { real: Date.now(), simulator: world.ownNowMs() },
  );
}

async function run(
  parts: ServerParts,
  match: Match,
  input: RequestInput,
  entry: LoggedRequest,
  text: string,
  planned: PlannedFault | undefined,
): Promise<Answer> {
  const { world, idempotency, faults } = parts;
  const isV2 = entry.path.startsWith('/v2/');
  const key = entry.method === 'POST' ? entry.idempotencyKey : null;
  if (key !== null) {
    const canonical = isV2 ? canonicalJson : canonicalForm;
    const stored = idempotency.begin(key, { path: entry.path, text, canonical }, world.ownNowMs());
    if (stored !== null) {
      const headers = { 'idempotent-replayed': 'true', 'original-request': stored.requestId };
      const { status, body } = stored;
      return broken({ status, body, headers, replayed: true }, planned);
    }
  }
  let execute: (world: World) => object;
  try {
    execute = match.route.prepare(input, match.path, parts.registry);
  } catch (error) {
    if (key !== null) idempotency.abandon(key);
    throw error;
  }
  const generation = world.generation();
  if (faults.latencyMs() > 0) await wait(faults.latencyMs());
  if (world.generation() !== generation) return GONE;
  const result = execution(parts, execute, entry, isV2);
  const failed = planned?.kind === 'status' ? failedAfter(result, planned.fault, isV2) : result;
  if (key !== null) remember(idempotency, key, isV2 ? result : failed, { isV2, requestId: entry.id });
  return broken(failed, planned);
}

/** To a request whose world was put back while it waited: it never ran, and the claim of its key is gone too. */
const GONE: Answer = { status: 0, body: '', headers: {}, broken: 'reset' };

function canonicalForm(text: string): string {
  return fingerprint(decodeForm(text));
}

function canonicalJson(text: string): string {
  return text === '' ? '{}' : JSON.stringify(JSON.parse(text));
}

function execution(
  { world, settle }: ServerParts,
  execute: (world: World) => object,
  entry: LoggedRequest,
  isV2: boolean,
): Answer {
  try {
    settle();
    const work = (): object => withRequest(world, entry, () => execute(world));
    return jsonAnswer(entry.method === 'GET' ? work() : world.transition(work));
  } catch (error) {
    return faultAnswer(error, isV2 ? 'v2' : 'v1');
  }
}

/** The v2 API runs a failed request again under the same key; a conflict is stored by neither. */
function remember(
  idempotency: IdempotencyKeys,
  key: string,
  { status, body }: Answer,
  { isV2, requestId }: { isV2: boolean; requestId: string },
): void {
  if (status === 409 || status === 429 || (isV2 && status >= 400)) idempotency.abandon(key);
  else idempotency.finish(key, { status, body, requestId });
}

function failedAfter(result: Answer, fault: StripeFault, isV2: boolean): Answer {
  return result.status >= 400 ? result : faultAnswer(fault, isV2 ? 'v2' : 'v1');
}

function broken(answer: Answer, planned: PlannedFault | undefined): Answer {
  return planned?.kind === 'reset' || planned?.kind === 'truncate'
    ? { ...answer, broken: planned.kind }
    : answer;
}

async function answerControl(
  parts: ServerParts,
  request: IncomingMessage,
  path: string,
  query: string,
): Promise<Answer> {
  try {
    const body = await readBody(request);
    const type = headerOf(request, 'content-type') ?? '';
    return await parts.control({ method: request.method ?? 'GET', path, query, type }, body);
  } catch (error) {
    const fault = faultAnswer(error);
    return { ...fault, headers: { 'content-type': 'application/json', ...fault.headers } };
  }
}

async function answerPage(
  parts: ServerParts,
  request: IncomingMessage,
  entry: LoggedRequest,
): Promise<Answer> {
  const { world } = parts;
  try {
    const body = await readBody(request);
    parts.settle();
    const form = entry.method === 'POST' ? decodeForm(body) : new Map();
    return pageAnswer(world.transition(() => parts.pages(world, entry.method, entry.path, form)));
  } catch (error) {
    const fault = faultAnswer(error);
    return { ...fault, headers: { 'content-type': 'application/json', ...fault.headers } };
  }
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
