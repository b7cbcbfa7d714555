import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where a running host answers commands of this machine's own processes. */
export interface ControlAddress {
  port: number;
  /** Whoever knows it may command: it stands in a file that only the host's user can read. */
  token: string;
}

export interface ControlServer extends ControlAddress {
  close(): Promise<void>;
}

const maxBodyBytes = 1_000_000;

/**
 * Answers commands on the loopback address, to callers who know the token. Never keeps the process alive. What
 * `operate` throws reaches the caller as its message.
 */
export async function startControlServer(
  operate: (command: string, input: unknown) => Promise<unknown>,
): Promise<ControlServer> {
  const token = randomBytes(32).toString('base64url');
  const server = createServer((request, response) => {
    const say = (status: number, answer: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
      response.end(JSON.stringify(answer));
    };
    answer(request, token, operate).then(
      (result) => say(200, { result: result ?? null }),
      (error: unknown) => {
        const status = error instanceof Refusal ? error.status : 500;
        say(status, { error: error instanceof Error ? error.message : 'The command failed.' });
      },
    );
  });
  server.unref();
  server.on('connection', (socket) => socket.unref());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    token,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

async function answer(
  request: IncomingMessage,
  token: string,
  operate: (command: string, input: unknown) => Promise<unknown>,
): Promise<unknown> {
  if (!isSame(request.headers.authorization ?? '', `Bearer ${token}`)) throw new Refusal(401, 'Wrong token.');
  if (request.method !== 'POST') throw new Refusal(405, 'Commands are posted.');
  const { command, input } = readCommand(await readBody(request));
  return operate(command, input);
}

/** In a time that does not depend on where two texts differ. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > maxBodyBytes) throw new Refusal(413, 'The command is too long.');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function readCommand(body: string): { command: string; input: unknown } {
  try {
    const said: unknown = JSON.parse(body);
    if (typeof said === 'object' && said !== null && 'command' in said && typeof said.command === 'string') {
      return { command: said.command, input: 'input' in said ? said.input : undefined };
    }
  } catch {
    // Said below.
  }
  throw new Refusal(400, 'A command is JSON with a "command".');
}
