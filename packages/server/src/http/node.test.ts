import { createServer, IncomingMessage, request as openRequest } from 'node:http';
import { connect as connectSecond, createServer as createSecondServer } from 'node:http2';
import { type AddressInfo, connect as openSocket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { exampleApp, exampleStart } from '../testing/example-app.ts';
import { toNodeHandler } from './node.ts';
import { wasParsed } from './read-body.ts';

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

describe('the Node handler', () => {
  async function listen(handle: (message: IncomingMessage) => void = () => undefined) {
    const app = exampleApp();
    const nodeHandler = toNodeHandler(app);
    const server = createServer(async (message, response) => {
      handle(message);
      if (!(await nodeHandler(message, response))) response.writeHead(418).end('not ours');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanUps.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, logged: app.logged };
  }

  it('serves over HTTP and leaves every other path alone', async () => {
    const { origin } = await listen();
    const answers = await Promise.all(
      ['/api/meterboard/trpc/meters.list', '/', '/api/meterboardroom', '/api/meterboard'].map((path) =>
        fetch(`${origin}${path}`),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 418, 418, 404]);
  });

  it.each([
    ['the kit itself', (app: ReturnType<typeof exampleApp>) => app],
    [
      'a handler around it that reads the answer',
      (app: ReturnType<typeof exampleApp>) => ({
        ...app,
        handler: async (request: Request) => {
          const answer = await app.handler(request);
          return new Response(await answer.text(), answer);
        },
      }),
    ],
  ])('sends a dashboard that is at hand as it was made, by %s', async (_, mounted) => {
    const app = exampleApp();
    const nodeHandler = toNodeHandler(mounted(app));
    const server = createServer((message, response) => void nodeHandler(message, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanUps.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const input = encodeURIComponent(JSON.stringify({ timeZone: 'UTC' }));
    const read = async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/api/meterboard/trpc/overview?input=${input}`);
      return [answer.status, answer.headers.get('cache-control'), await answer.json()];
    };
    const made = await read();
    expect(await read()).toEqual(made);
    expect(made[2].result.data.meters.ok).toBe(true);
    expect(app.stats().cache?.answers).toBe(1);
  });

  it('takes bodies and their limit', async () => {
    const { origin } = await listen();
    const post = (body: string) =>
      fetch(`${origin}/api/meterboard/trpc/topUps.start`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
    const started = await post(exampleStart(origin));
    expect((await started.json()).result.data.topUpId).toMatch(/^tu_/);
    expect((await post('x'.repeat(200_000))).status).toBe(413);
  });

  it.each([
    ['a body parser', (body: Buffer): unknown => JSON.parse(body.toString())],
    ['a parser that leaves text', (body: Buffer) => body.toString()],
    ['a parser that leaves bytes', (body: Buffer) => body],
  ])('works behind %s and below a mount path, as in Express', async (_, parse) => {
    const app = exampleApp();
    const nodeHandler = toNodeHandler(app);
    const server = createServer(async (message, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of message) chunks.push(chunk);
      const parsed = {
        body: parse(Buffer.concat(chunks)),
        originalUrl: message.url,
        url: '/cut',
      };
      await nodeHandler(Object.assign(message, parsed), response, () => response.writeHead(418).end());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanUps.push(() => server.close());
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const response = await fetch(`${origin}/api/meterboard/trpc/topUps.start`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: exampleStart(origin),
    });
    expect(response.status).toBe(200);
  });

  it('knows its own host in HTTP/2, where no header names it', async () => {
    const hosts: string[] = [];
    const nodeHandler = toNodeHandler({
      basePath: '/api/meterboard',
      handler: async (request) => {
        hosts.push(new URL(request.url).host);
        return new Response('here');
      },
    });
    const server = createSecondServer((...exchange) => void Reflect.apply(nodeHandler, undefined, exchange));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const session = connectSecond(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    cleanUps.push(() => server.close());
    const status = await new Promise((resolve, reject) => {
      const stream = session.request({ ':path': '/api/meterboard/trpc/x', ':authority': 'app.example' });
      stream.on('response', (headers) => resolve(headers[':status']));
      stream.on('error', reject);
      stream.resume();
    });
    session.destroy();
    expect([status, hosts]).toEqual([200, ['app.example']]);
  });

  it('gives up when the browser goes away', async () => {
    let signal: AbortSignal | undefined;
    const gone = new Promise<void>((resolve) => {
      const nodeHandler = toNodeHandler({
        basePath: '/api/meterboard',
        handler: (request) =>
          new Promise((answer) => {
            signal = request.signal;
            request.signal.addEventListener('abort', () => {
              answer(new Response(null, { status: 499 }));
              resolve();
            });
          }),
      });
      const server = createServer((message, response) => void nodeHandler(message, response));
      server.listen(0, '127.0.0.1', () => {
        const { port } = server.address() as AddressInfo;
        const request = openRequest({ port, host: '127.0.0.1', path: '/api/meterboard/trpc/x' });
        request.on('error', () => undefined);
        request.end();
        setTimeout(() => request.destroy(), 50);
      });
      cleanUps.push(() => server.close());
    });
    await gone;
    expect(signal?.aborted).toBe(true);
  });

  it.each([
    ['TRACE', 'app.example', 405],
    ['GET', 'a@b', 400],
    ['PUT', 'app.example', 405],
    ['GET', 'app.example', 200],
  ])('answers %s from %j with %i and lives on', async (method, host, expected) => {
    const { origin } = await listen();
    const status = await new Promise((resolve, reject) => {
      const options = { method, headers: { host } };
      openRequest(`${origin}/api/meterboard/trpc/meters.list`, options, (response) =>
        resolve(response.statusCode),
      )
        .on('error', reject)
        .end();
    });
    expect(status).toBe(expected);
    expect((await fetch(`${origin}/api/meterboard/trpc/meters.list`)).status).toBe(200);
  });

  it('says nothing of a body that breaks off, and lives on', async () => {
    const { origin, logged } = await listen();
    await new Promise<void>((resolve) => {
      const socket = openSocket(Number(new URL(origin).port), '127.0.0.1', () => {
        socket.write(
          'POST /api/meterboard/trpc/topUps.start HTTP/1.1\r\nHost: x\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{"pack',
        );
        setTimeout(() => socket.destroy(), 30);
      });
      socket.on('close', () => setTimeout(resolve, 30));
    });
    expect((await fetch(`${origin}/api/meterboard/trpc/meters.list`)).status).toBe(200);
    expect(logged).toEqual([]);
  });

  it.each([
    ['a b', 400],
    ['@', 400],
    ['evil.example/x?', 404],
  ])('refuses the host header %j', async (host, expected) => {
    const { origin } = await listen();
    const status = await new Promise((resolve, reject) => {
      openRequest(`${origin}/api/meterboard/trpc/meters.list`, { headers: { host } }, (response) =>
        resolve(response.statusCode),
      )
        .on('error', reject)
        .end();
    });
    expect(status).toBe(expected);
  });

  it('reads no further in a body that is too long, and lets go of its sender', async () => {
    const { origin } = await listen();
    let sentBytes = 0;
    const answer = await new Promise<string>((resolve) => {
      let said = '';
      const socket = openSocket(Number(new URL(origin).port), '127.0.0.1', () => {
        socket.write(
          'POST /api/meterboard/trpc/topUps.start HTTP/1.1\r\nHost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
        );
        const piece = 'x'.repeat(50_000);
        const sending = setInterval(() => {
          sentBytes += piece.length;
          socket.write(`${piece.length.toString(16)}\r\n${piece}\r\n`);
        }, 2);
        socket.on('close', () => {
          clearInterval(sending);
          resolve(said);
        });
      });
      socket.on('data', (chunk) => {
        said += chunk;
      });
      socket.on('error', () => undefined);
    });
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(answer).toMatch(/connection: close/i);
    expect(sentBytes).toBeLessThan(10_000_000);
  });
});

describe('the bytes of a body', () => {
  const sent = '{"id": "evt_1",  "n": 1.0}';

  /** What a handler gets when a framework did this to the request before. */
  async function receive(before: (message: IncomingMessage) => unknown, body = sent) {
    let received = { text: '', wasParsed: false };
    const nodeHandler = toNodeHandler({
      basePath: '/api/meterboard',
      handler: async (request) => {
        received = { wasParsed: wasParsed(request), text: await request.text() };
        return new Response('here');
      },
    });
    const server = createServer(async (message, response) => {
      await before(message);
      await nodeHandler(message, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanUps.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    await fetch(`http://127.0.0.1:${port}/api/meterboard/webhooks/stripe`, { method: 'POST', body });
    return received;
  }
  const consume = async (message: IncomingMessage) => {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk);
    return Buffer.concat(chunks);
  };

  it.each([
    ['nobody has read it', () => undefined],
    [
      'Express 4 left an empty object beside the stream',
      (message: IncomingMessage) => Object.assign(message, { body: {} }),
    ],
    [
      'express.raw() left bytes',
      async (message: IncomingMessage) => Object.assign(message, { body: await consume(message) }),
    ],
    [
      'express.text() left text',
      async (message: IncomingMessage) => Object.assign(message, { body: String(await consume(message)) }),
    ],
    [
      'a JSON parser kept the bytes in rawBody',
      async (message: IncomingMessage) => {
        const rawBody = await consume(message);
        Object.assign(message, { rawBody, body: JSON.parse(String(rawBody)) });
      },
    ],
    [
      'a JSON parser kept the text in rawBody',
      async (message: IncomingMessage) => {
        const rawBody = String(await consume(message));
        Object.assign(message, { rawBody, body: JSON.parse(rawBody) });
      },
    ],
  ])('reach the handler unchanged where %s', async (_, before) => {
    expect(await receive(before)).toEqual({ text: sent, wasParsed: false });
  });

  it('are known to be lost where a JSON parser kept only its result', async () => {
    const received = await receive(async (message) => {
      Object.assign(message, { body: JSON.parse(String(await consume(message))) });
    });
    expect(received).toEqual({ text: '{"id":"evt_1","n":1}', wasParsed: true });
  });

  it('are known to be lost where they were read and left nowhere, as by Fastify', async () => {
    expect(await receive(consume)).toEqual({ text: '', wasParsed: true });
  });

  it('are not taken from a polluted prototype', async () => {
    Object.defineProperty(IncomingMessage.prototype, 'rawBody', { value: 'forged', configurable: true });
    cleanUps.push(() => Reflect.deleteProperty(IncomingMessage.prototype, 'rawBody'));
    expect(await receive(() => undefined)).toEqual({ text: sent, wasParsed: false });
  });
});
