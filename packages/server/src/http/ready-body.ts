const bodies = new WeakMap<Response, Buffer<ArrayBuffer>>();

/** A JSON answer whose bytes are at hand: an adapter may send them without reading a stream. */
export function readyJson(body: Buffer<ArrayBuffer>): Response {
  const response = new Response(body, { headers: { 'content-type': 'application/json' } });
  bodies.set(response, body);
  return response;
}

/** All the bytes of such an answer; `undefined` for any other. */
export function readyBodyOf(response: Response): Buffer<ArrayBuffer> | undefined {
  return bodies.get(response);
}
