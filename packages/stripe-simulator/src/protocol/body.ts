import type { IncomingMessage } from 'node:http';
import { invalidRequest, StripeFault } from './errors.ts';
import { decodeForm } from './form.ts';
import type { RequestInput } from './router.ts';

/** Larger bodies are refused with 413 before they are read to the end. */
export const MAX_BODY_BYTES = 1_000_000;

const MAX_JSON_DEPTH = 32;

/** The whole body as text. Rejects with Stripe's error when it is too large, or when the connection breaks. */
export function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let first: Buffer | undefined;
    let rest: Buffer[] | undefined;
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= MAX_BODY_BYTES) {
        if (first === undefined) first = chunk;
        else if (rest === undefined) rest = [first, chunk];
        else rest.push(chunk);
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
    request.once('end', () => {
      if (first === undefined) resolve('');
      else resolve((rest === undefined ? first : Buffer.concat(rest)).toString('utf8'));
    });
    request.once('error', () =>
      reject(new StripeFault('The connection was closed before the whole body had arrived.')),
    );
  });
}

/** Decodes what a request says: the query of a GET or DELETE, the form of a v1 POST (and its query), the JSON of a v2 POST. */
export function decodeRequest(
  { method, path, query, type }: { method: string; path: string; query: string; type: string },
  body: string,
): Pick<RequestInput, 'form' | 'json'> {
  const isV2 = path.startsWith('/v2/');
  if (method !== 'POST') {
    const form = decodeForm(query);
    if (method === 'DELETE' && !isV2 && body !== '')
      for (const [key, item] of formOf(body, type)) form.set(key, item);
    return { form, json: undefined };
  }
  if (isV2) return { form: decodeForm(query), json: jsonOf(body, type) };
  const form = formOf(body, type);
  if (query !== '') for (const [key, item] of decodeForm(query)) if (!form.has(key)) form.set(key, item);
  return { form, json: undefined };
}

function formOf(body: string, type: string): RequestInput['form'] {
  if (body !== '' && type !== '' && !/^application\/x-www-form-urlencoded\b/i.test(type)) {
    throw invalidRequest(
      `Invalid request: unsupported content type '${type.slice(0, 80)}'. The v1 API takes application/x-www-form-urlencoded.`,
    );
  }
  return decodeForm(body);
}

/** A JSON body; an absent one is an empty object. Throws Stripe's error for anything malformed or nested too deep. */
export function jsonOf(body: string, type: string): unknown {
  if (body === '') return {};
  if (type !== '' && !/^application\/json\b/i.test(type)) {
    throw invalidRequest(
      `Invalid request: unsupported content type '${type.slice(0, 80)}'. The v2 API takes application/json.`,
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw invalidRequest('Invalid request: the body is not valid JSON.');
  }
  if (depthOf(json, 0) > MAX_JSON_DEPTH)
    throw invalidRequest(`Invalid request: the body is nested deeper than ${MAX_JSON_DEPTH} levels.`);
  return json;
}

function depthOf(value: unknown, above: number): number {
  if (typeof value !== 'object' || value === null || above > MAX_JSON_DEPTH) return above;
  return Object.values(value).reduce(
    (deepest: number, item) => Math.max(deepest, depthOf(item, above + 1)),
    above + 1,
  );
}
