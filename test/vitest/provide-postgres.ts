import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { findPostgres, type PostgresServer, startPostgres } from '../tooling/postgres-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Answers with the connection string of an empty database, on a server that the first who asks starts. */
    testPostgres: { address: string } | { why: string };
  }
}

let stopping: (() => Promise<void>) | undefined;

/** One PostgreSQL server per run of vitest, started only when a test asks for it. */
export async function setup(project: TestProject): Promise<void> {
  const found = findPostgres();
  if ('why' in found) {
    project.provide('testPostgres', found);
    return;
  }
  let starting: Promise<PostgresServer> | undefined;
  const broker = createServer((_request, response) => {
    starting ??= startPostgres();
    starting.then(
      (server) => response.end(server.connectionString('postgres')),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve));
  const { port } = broker.address() as AddressInfo;
  project.provide('testPostgres', { address: `http://127.0.0.1:${port}/` });
  stopping = async () => {
    broker.close();
    broker.closeAllConnections();
    const server = await starting?.catch(() => undefined);
    await server?.stop();
  };
}

export async function teardown(): Promise<void> {
  await stopping?.();
}
