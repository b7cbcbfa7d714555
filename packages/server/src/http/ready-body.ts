type Handle = (request: Request) => Promise<Response>;

const bodies = new WeakMap<Response, Buffer<ArrayBuffer>>();
const handlers = new WeakSet<Handle>();
const takers = new WeakSet<Request>();

/** Marks a handler whose JSON answers may have their bytes at hand. */
export function withReadyBodies(handle: Handle): Handle {
  handlers.add(handle);
  return handle;
}

/**
 * Says that whoever asks sends `readyBodyOf()` of the answer itself, which then need not be copied into a body. Without effect
 * where `handle` is another function around the kit's own: it may read the body.
 */
export function takeReadyBody(handle: Handle, request: Request): void {
  if (handlers.has(handle)) takers.add(request);
}

/** A JSON answer whose bytes are at hand: an adapter may send them without reading a stream. */
export function readyJson(request: Request, body: Buffer<ArrayBuffer>): Response {
  const response = new Response(takers.has(request) ? null : body, {
    headers: { 'content-type': 'application/json' },
  });
  bodies.set(response, body);
  return response;
}

/** All the bytes of such an answer; `undefined` for any other. */
export function readyBodyOf(response: Response): Buffer<ArrayBuffer> | undefined {
  return bodies.get(response);
}
