import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Address {
  host: string;
  port: number;
}

/** A call that is held back for ever: before it takes effect, or after. */
export interface Hold {
  method: 'GET' | 'POST';
  path: RegExp;
  when: 'before' | 'after';
}

/** Passes requests on to wherever `target()` says; nobody is there: 503. */
async function startPassing(
  target: () => Address | null,
  around: {
    /** Whether to go on. */
    before?(request: IncomingMessage): boolean;
    after?(request: IncomingMessage, status: number): boolean;
  },
) {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (around.before?.(request) === false) return;
    const answer = await pass(target(), request, Buffer.concat(chunks));
    if (around.after?.(request, answer?.status ?? 503) === false) return;
    send(response, answer);
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

async function pass(address: Address | null, request: IncomingMessage, body: Buffer<ArrayBuffer>) {
  if (!address) return null;
  const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers;
  try {
    const answer = await fetch(`http://${address.host}:${address.port}${request.url}`, {
      method: request.method ?? 'GET',
      headers: headers as Record<string, string>,
      ...(body.length > 0 ? { body } : {}),
    });
    const type = answer.headers.get('content-type') ?? 'application/json';
    return { status: answer.status, type, text: await answer.text() };
  } catch {
    return null;
  }
}

function send(response: ServerResponse, answer: { status: number; type: string; text: string } | null): void {
  if (answer) response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.text);
  else response.writeHead(503).end();
}

/** Between a Meterboard and its Stripe: holds chosen calls. */
export async function startGate(stripe: Address) {
  let holds: { hold: Hold; reached(): void }[] = [];
  const meets = (request: IncomingMessage, when: Hold['when']) => {
    const path = new URL(request.url ?? '/', 'http://gate').pathname;
    const met = holds.filter(
      ({ hold }) => hold.when === when && hold.method === request.method && hold.path.test(path),
    );
    for (const { reached } of met) reached();
    return met.length === 0;
  };
  const server = await startPassing(() => stripe, {
    before: (request) => meets(request, 'before'),
    after: (request) => meets(request, 'after'),
  });
  return {
    ...server,
    /** Resolves when the call was made; it is answered never, and neither is any like it until `open()`. */
    hold: (hold: Hold) => new Promise<void>((resolve) => holds.push({ hold, reached: resolve })),
    open() {
      holds = [];
    },
  };
}

/** Before a Meterboard that comes and goes: one address for browsers and for Stripe. */
export async function startFront(target: () => Address | null) {
  let onStored: (() => void) | undefined;
  const server = await startPassing(target, {
    after(request, status) {
      if (status === 200 && request.url?.endsWith('/webhooks/stripe')) onStored?.();
      return true;
    },
  });
  return {
    ...server,
    /** Called as soon as a delivery was acknowledged. */
    whenStored(callback: (() => void) | undefined) {
      onStored = callback;
    },
  };
}
