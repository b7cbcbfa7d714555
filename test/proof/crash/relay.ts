import { createServer, request as openRequest } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An address that stays while the hosts behind it come and go; of several, each request goes to the next one. */
export async function startRelay() {
  let ports: readonly number[] = [];
  let turn = 0;
  const server = createServer((request, response) => {
    const port = ports[turn % ports.length];
    turn += 1;
    if (port === undefined) return void response.destroy();
    const onwards = openRequest(
      {
        host: '127.0.0.1',
        port,
        method: request.method,
        path: request.url,
        headers: request.headers,
        agent: false,
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
        answer.once('error', () => response.destroy());
      },
    );
    onwards.once('error', () => response.destroy());
    request.pipe(onwards);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/meterboard`,
    lead(to: readonly number[]) {
      ports = to;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
