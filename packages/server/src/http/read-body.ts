import { refuse } from './refuse.ts';

const parsedBodies = new WeakSet<Request>();

/** Remembers that a body parser took this request's bytes, so that its body is only a rendering of them. */
export function markParsed(request: Request): void {
  parsedBodies.add(request);
}

/** Whether the body is no longer what was sent, byte for byte. */
export function wasParsed(request: Request): boolean {
  return request.bodyUsed || parsedBodies.has(request);
}

/** The whole body in memory, or the refusal of one that is too long, of which no more is read, or breaks off. */
export async function readBody(request: Request, maxBytes: number): Promise<Buffer<ArrayBuffer> | Response> {
  const tooLong = () => refuse(413, 'invalid_input', `The request body is longer than ${maxBytes} bytes.`);
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) return tooLong();
  const reader = request.body?.getReader();
  const chunks: Uint8Array[] = [];
  let byteCount = 0;
  try {
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      byteCount += part.value.byteLength;
      if (byteCount > maxBytes) {
        await reader?.cancel();
        return tooLong();
      }
      chunks.push(part.value);
    }
  } catch {
    return refuse(400, 'invalid_input', 'The request body broke off.');
  }
  return Buffer.concat(chunks);
}
