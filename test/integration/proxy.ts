import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The status of another answer; 0: the connection is lost; `undefined`: nothing is done. */
type OtherAnswer = number | undefined;

/** What a proxy does to one exchange, before or after the request has its effect, at once or later. */
export interface Intervention {
  beforeEffect?(request: IncomingMessage): OtherAnswer | Promise<OtherAnswer>;
  afterEffect?(request: IncomingMessage): OtherAnswer | Promise<OtherAnswer>;
  /** Replaces the body of an answer. */
  rewrite?(request: IncomingMessage, body: string): string;
}

/** A proxy before a server on this machine, which can break answers as Stripe might. */
export async function startProxy(target: { host: string; port: number }, intervention: Intervention) {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const fail = (status: number) => {
      if (status === 0) return request.socket.destroy();
      return response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(JSON.stringify({ error: { type: 'api_error', message: 'An error occurred.' } }));
    };
    const early = await intervention.beforeEffect?.(request);
    if (early !== undefined) return fail(early);
    const { host: _host, connection: _connection, ...headers } = request.headers;
    const answer = await fetch(`http://${target.host}:${target.port}${request.url}`, {
      method: request.method ?? 'GET',
      headers: headers as Record<string, string>,
      ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
    });
    const body = await answer.text();
    const late = await intervention.afterEffect?.(request);
    if (late !== undefined) return fail(late);
    response
      .writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' })
      .end(intervention.rewrite?.(request, body) ?? body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
