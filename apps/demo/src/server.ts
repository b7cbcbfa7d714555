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

/**
 * Starts the whole SaaS on one port: pages, sign-in, Meterboard's endpoint and the simulated Stripe. Requests that
 * come before it is ready are answered with 503.
 */
export async function startDemo(settings: DemoSettings): Promise<Demo> {
  let listener: RequestListener = (_, response) =>
    sendText(response, 503, 'Starting. Try again in a moment.');
  const server = createServer((request, response) => listener(request, response));
  const closeServer = () => {
    const closed = new Promise((done) => server.close(done));
    server.closeAllConnections();
    return closed;
  };
  const url = await listen(server, settings.port);
  try {
    const [stripe, files] = await Promise.all([startStripe(settings, url), buildClient()]);
    const app = createApp(stripe, files);
    listener = app.listener;
    await stripe.begin();
    // The pages need not wait for the database of the background work.
    const working = app.start().catch((error: unknown) => console.error(error));
    return {
      url,
      async close() {
        await working;
        await app.close();
        await closeServer();
        await stripe.close();
      },
    };
  } catch (error) {
    await closeServer();
    throw error;
  }
}

function createApp(stripe: DemoStripe, files: Map<string, ClientFile>) {
  const sessions = createSessions();
  const billing = createBilling({
    stripe: stripe.stripe,
    store: stripe.store,
    webhooks: stripe.webhooks,
    nowMs: stripe.nowMs,
    identify: (request) => {
      const customerId = sessions.customerOf(request.headers.get('cookie'));
      return customerId === undefined ? null : { customerId };
    },
  });
  const meterboard = toNodeHandler(billing);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const address = request.url ?? '/';
    if (!URL.canParse(address, 'http://localhost')) return sendText(response, 400, 'Not an address');
    const { pathname } = new URL(address, 'http://localhost');
    if (await meterboard(request, response)) return;
    if (stripe.answer?.(request, response)) return;
    if (request.method === 'POST') return change(request, response, pathname);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD, POST');
      return sendText(response, 405, 'Method not allowed');
    }
    if (pathname === '/api/session') return sendSession(request, response);
    const file = files.get(pathname) ?? (pathname.includes('.') ? undefined : files.get('/index.html'));
    if (!file) return sendText(response, 404, 'Not found');
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
    if (!isSameOrigin(request)) return sendText(response, 403, 'Wrong origin');
    if (pathname === '/sign-out') {
      return redirect(response, '/', sessions.signOut(request.headers.cookie));
    }
    if (pathname !== '/sign-in') return sendText(response, 404, 'Not found');
    const form = await readForm(request);
    const person = form.get('person') ?? '';
    const chosen = /^\d+$/.test(person) ? stripe.customers[Number(person)] : undefined;
    if (!chosen) return sendText(response, 400, 'Choose one of the people on the page.');
    redirect(response, pageOf(form.get('next')), sessions.signIn(chosen.id));
  }

  const listener: RequestListener = (request, response) => {
    answer(request, response).catch((error: unknown) => {
      console.error(error);
      if (!response.headersSent) sendText(response, 500, 'Something went wrong.');
      else response.destroy();
    });
  };
  return { listener, start: billing.start, close: billing.close };
}

async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((done, fail) => {
    server.once('error', (error) => fail(explainPort(error, port)));
    server.listen(port, '127.0.0.1', done);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port.');
  return `http://127.0.0.1:${address.port}`;
}

function explainPort(error: NodeJS.ErrnoException, port: number): Error {
  const fixes: Record<string, string> = {
    EADDRINUSE: `Port ${port} is in use. Choose another one: PORT=${port + 1} npm run demo`,
    EACCES: `Port ${port} is not yours to open. Choose one from 1024 on: PORT=3000 npm run demo`,
  };
  const fix = fixes[error.code ?? ''];
  return fix === undefined ? error : new SettingsError(fix);
}

function sendText(response: ServerResponse, status: number, words: string): void {
  send(response, status, 'text/plain; charset=utf-8', words);
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

/** A page of this site, also with what is chosen on it; anything else is the billing page. */
function pageOf(next: string | null): string {
  return next !== null && /^\/(home|billing|usage)(\?[\w.,:;=&%+-]*)?$/.test(next) ? next : '/billing';
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
