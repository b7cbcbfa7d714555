import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { toNodeHandler } from '@meterboard/server/node';
import { createBilling } from './billing.ts';
import { buildClient, type ClientFile } from './build-client.ts';
import { createSessions } from './sessions.ts';
import { type DemoSettings, SettingsError } from './settings.ts';
import { type DemoStripe, startStripe } from './stripe.ts';

export interface Demo {
  url: string;
  close: () => Promise<void>;
}

/** Nothing inline, nothing from elsewhere: the kit has to work on a page as strict as this. */
const securityHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
};

/** Starts the whole SaaS on one port: pages, sign-in, Meterboard's endpoint and the simulated Stripe. */
export async function startDemo(settings: DemoSettings): Promise<Demo> {
  const server = createServer();
  const url = await listen(server, settings.port);
  try {
    const [stripe, files] = await Promise.all([startStripe(settings, url), buildClient()]);
    const app = createApp(stripe, files);
    server.on('request', app.listener);
    return {
      url,
      async close() {
        server.closeAllConnections();
        await new Promise((done) => server.close(done));
        await app.close();
      },
    };
  } catch (error) {
    server.close();
    throw error;
  }
}

function createApp(stripe: DemoStripe, files: Map<string, ClientFile>) {
  const sessions = createSessions();
  const billing = createBilling({
    stripe: stripe.stripe,
    nowMs: stripe.nowMs,
    identify: (request) => {
      const customerId = sessions.customerOf(request.headers.get('cookie'));
      return customerId === undefined ? null : { customerId };
    },
  });
  const meterboard = toNodeHandler(billing);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (await meterboard(request, response)) return;
    if (stripe.answer?.(request, response)) return;
    if (request.method === 'POST') return change(request, response, pathname);
    if (pathname === '/api/session') return sendSession(request, response);
    const file = files.get(pathname) ?? (pathname.includes('.') ? undefined : files.get('/index.html'));
    if (!file) return send(response, 404, 'text/plain; charset=utf-8', 'Not found');
    send(response, 200, file.contentType, file.content);
  }

  function sendSession(request: IncomingMessage, response: ServerResponse): void {
    const customerId = sessions.customerOf(request.headers.cookie);
    const signedIn = stripe.customers.find(({ id }) => id === customerId) ?? null;
    const people = stripe.customers.map(({ name, email }) => ({ name, email }));
    const session = {
      signedIn: signedIn && { name: signedIn.name, email: signedIn.email },
      people,
      simulated: stripe.answer !== undefined,
    };
    send(response, 200, 'application/json', JSON.stringify(session));
  }

  async function change(request: IncomingMessage, response: ServerResponse, pathname: string): Promise<void> {
    if (!isSameOrigin(request)) return send(response, 403, 'text/plain; charset=utf-8', 'Wrong origin');
    if (pathname === '/sign-out') {
      return redirect(response, '/', sessions.signOut(request.headers.cookie));
    }
    const chosen = stripe.customers[Number((await readForm(request)).get('person'))];
    if (pathname !== '/sign-in' || !chosen)
      return send(response, 404, 'text/plain; charset=utf-8', 'Not found');
    redirect(response, '/billing', sessions.signIn(chosen.id));
  }

  const listener: RequestListener = (request, response) => {
    answer(request, response).catch((error: unknown) => {
      console.error(error);
      if (!response.headersSent) send(response, 500, 'text/plain; charset=utf-8', 'Something went wrong.');
      else response.destroy();
    });
  };
  return { listener, close: billing.close };
}

async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      fail(
        error.code === 'EADDRINUSE'
          ? new SettingsError(`Port ${port} is in use. Choose another one: PORT=${port + 1} npm run demo`)
          : error,
      ),
    );
    server.listen(port, '127.0.0.1', done);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port.');
  return `http://127.0.0.1:${address.port}`;
}

function send(
  response: ServerResponse,
  status: number,
  contentType: string,
  content: string | Uint8Array,
): void {
  response.writeHead(status, {
    ...securityHeaders,
    'content-type': contentType,
    'cache-control': 'no-store',
  });
  response.end(content);
}

function redirect(response: ServerResponse, location: string, cookie: string): void {
  response.writeHead(303, { ...securityHeaders, location, 'set-cookie': cookie }).end();
}

function isSameOrigin(request: IncomingMessage): boolean {
  const { origin, host } = request.headers;
  return origin === undefined || origin === `http://${host}`;
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let body = '';
  for await (const chunk of request) {
    body += chunk;
    if (body.length > 1_000) throw new Error('The form is too large.');
  }
  return new URLSearchParams(body);
}
