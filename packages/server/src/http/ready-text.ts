const texts = new WeakMap<Response, string>();

/** A JSON answer whose text is at hand: an adapter may send it without reading the stream. */
export function readyJson(text: string): Response {
  const response = new Response(text, { headers: { 'content-type': 'application/json' } });
  texts.set(response, text);
  return response;
}

/** The whole text of such an answer; `undefined` for any other. */
export function readyTextOf(response: Response): string | undefined {
  return texts.get(response);
}
