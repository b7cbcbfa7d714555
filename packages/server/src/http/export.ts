import { BillingError, type UsageSeriesInput } from '@meterboard/contract';
import { TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { toExpectedError, toTrpcError } from '../router/errors.ts';
import { createExportCaller } from '../router/export.ts';
import type { MeterboardContext } from '../router/init.ts';
import { refuse, refuseMethod, withHeaders } from './refuse.ts';
import { type UsageFile, type UsageFileOptions, usageCsv, usageJson } from './usage-file.ts';

/** What a download is made of. */
export interface ExportParts {
  basePath: string;
  createContext(request: Request): MeterboardContext;
}

const formats = { 'usage.csv': usageCsv, 'usage.json': usageJson };

/**
 * Answers `GET ${basePath}/export/usage.csv` and `.json`: the series that its query names, as a file. A link on the
 * host's own page leads here, with its cookies; other sites' pages are refused, and no page may read or embed what is
 * not its own. Everything that can fail does so before the first byte, as JSON with its status.
 */
export async function answerExport(request: Request, parts: ExportParts): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  const name = pathname.slice(`${parts.basePath}/export/`.length);
  if (!Object.hasOwn(formats, name)) return refuse(404, 'not_found');
  if (request.method !== 'GET') return refuseMethod('Use GET.', 'GET, OPTIONS');
  const toFile = formats[name as keyof typeof formats];
  try {
    const context = parts.createContext(request);
    assertOwnPage(request, context.configuration.allowedOrigins);
    const { input, options } = readQuestion(searchParams);
    const usage = await createExportCaller(context).exportUsage(input);
    return sendFile(toFile(usage, options));
  } catch (thrown) {
    const error = toExpectedError(thrown);
    if (error.code === 'internal' && !(thrown instanceof TRPCError)) throw thrown;
    return refuseWith(error);
  }
}

/** Addresses typed in and links of the own page are in; a listed page is known by its origin, or by where a link was. */
function assertOwnPage({ headers }: Request, allowedOrigins: readonly string[]): void {
  const site = headers.get('sec-fetch-site');
  if (site === null || site === 'same-origin' || site === 'none') return;
  const referer = headers.get('referer');
  const from = headers.get('origin') ?? (URL.canParse(referer ?? '') ? new URL(referer ?? '').origin : null);
  if (from !== null && allowedOrigins.includes(from)) return;
  throw new BillingError('not_allowed', { message: 'This request came from another site.' });
}

const single = [
  'range',
  'days',
  'month',
  'startMs',
  'endMs',
  'bucket',
  'timeZone',
  'compare',
  'cumulative',
] as const;

type Parameter = (typeof single)[number];

/** The question in a query. Values are judged by the procedure; here are only names that nothing knows, or that come twice. */
function readQuestion(query: URLSearchParams): { input: UsageSeriesInput; options: UsageFileOptions } {
  for (const key of new Set(query.keys())) {
    const isKnown = key === 'meters' || (single as readonly string[]).includes(key);
    const isTwice = key !== 'meters' && query.getAll(key).length > 1;
    if (!isKnown || isTwice) throw new BillingError('invalid_input', { field: key.slice(0, 100) });
  }
  const text = (key: Parameter) => query.get(key) ?? undefined;
  const whole = (key: Parameter) => {
    const value = text(key);
    return value === undefined || !/^-?\d{1,16}$/.test(value) ? value : Number(value);
  };
  const flag = (key: Parameter) => {
    const value = text(key) ?? 'false';
    if (value === 'true' || value === 'false') return value === 'true';
    throw new BillingError('invalid_input', { field: key });
  };
  const options = { compare: flag('compare'), cumulative: flag('cumulative') };
  const range = {
    kind: text('range'),
    ...known({ days: whole('days'), month: text('month'), startMs: whole('startMs'), endMs: whole('endMs') }),
  };
  const meters = query.has('meters') ? { meters: query.getAll('meters') } : {};
  const asked: object = {
    ...meters,
    range,
    bucket: text('bucket'),
    timeZone: text('timeZone'),
    compare: options.compare,
  };
  return { input: asked as UsageSeriesInput, options };
}

function known(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

const chunkLength = 16_384;

function sendFile({ contentType, fileName, parts }: UsageFile): Response {
  const rest = parts()[Symbol.iterator]();
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      let chunk = '';
      while (chunk.length < chunkLength) {
        const { value, done } = rest.next();
        if (done) {
          if (chunk !== '') controller.enqueue(encoder.encode(chunk));
          controller.close();
          return;
        }
        chunk += value;
      }
      controller.enqueue(encoder.encode(chunk));
    },
  });
  const headers = {
    'content-type': contentType,
    'content-disposition': `attachment; filename="${fileName}"`,
    'cross-origin-resource-policy': 'same-origin',
  };
  return withHeaders(new Response(body, { headers }));
}

function refuseWith(expected: BillingError): Response {
  const trpc = toTrpcError(expected);
  const httpStatus = getHTTPStatusCodeFromError(trpc);
  const billing = expected.toPublicError();
  const error = { message: billing.message, data: { code: trpc.code, httpStatus, billing } };
  return withHeaders(Response.json({ error }, { status: httpStatus }));
}
