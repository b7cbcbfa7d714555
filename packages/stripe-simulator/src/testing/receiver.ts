import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** What a webhook receiver got, untouched. */
export interface Received {
  body: string;
  headers: IncomingMessage['headers'];
  /** The `Stripe-Signature` header. */
  signature: string;
  /** The event's type, read without verification. */
  type: string;
}

export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly received: Received[];
  /** The types received, in order. */
  types(): string[];
  /** What to answer; 200 at first. A function may also take the response and never end it. */
  answer:
    | number
    | ((got: Received, response: ServerResponse) => number | undefined | Promise<number | undefined>);
}

/** A webhook receiver on 127.0.0.1 and a free port; closes itself with `await using`. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const { headers } = request;
      const got = { body, headers, signature: String(headers['stripe-signature']), type: typeOf(body) };
      received.push(got);
      const { answer } = receiver;
      const status = typeof answer === 'number' ? answer : await answer(got, response);
      if (status !== undefined) response.writeHead(status, { location: '/elsewhere' }).end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}/webhooks`,
    received,
    types: () => received.map(({ type }) => type),
    answer: 200,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}

function typeOf(body: string): string {
  const event: unknown = JSON.parse(body);
  return typeof event === 'object' && event !== null && 'type' in event ? String(event.type) : '';
}
