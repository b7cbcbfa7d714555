import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createIds } from '../ids.ts';
import { defineTable } from '../table.ts';
import { createWorld } from '../world.ts';
import { createFaults } from './faults.ts';
import { createIdempotencyKeys } from './idempotency.ts';
import { createRateLimits } from './rate-limits.ts';
import { createRequestLog } from './request-log.ts';
import { createRouter, route } from './router.ts';
import { createListener } from './server.ts';

const rows = defineTable<{ id: string }>();

/** A server with one route that writes a row and then fails, unless told otherwise. */
async function startBroken() {
  const world = createWorld({ startMs: 0, ids: createIds('test') });
  const log = createRequestLog();
  let isBroken = true;
  const listener = createListener({
    world,
    settle: () => world.settle(0),
    find: createRouter([
      route({
        method: 'POST',
        path: '/v1/things',
        fidelity: 'exact',
        handle(inside) {
          const row = rows(inside).put({ id: inside.ids.next('thing_') });
          inside.schedule(10, { name: 'later', run: (later) => rows(later).put({ id: 'later' }) }, row.id);
          if (isBroken) throw new TypeError('undefined is not a function');
          return row;
        },
      }),
    ]),
    pages: () => ({ status: 404, html: '', policy: '' }),
    control: async () => ({ status: 404, body: '', headers: {} }),
    registry: { expansions: {}, loaders: {}, ownerOf: () => null },
    idempotency: createIdempotencyKeys(),
    limits: createRateLimits(),
    faults: createFaults(),
    log,
    afterRequest: () => undefined,
  });
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    world,
    log,
    repair() {
      isBroken = false;
    },
    create: (key: string) =>
      fetch(`http://127.0.0.1:${port}/v1/things`, {
        method: 'POST',
        headers: { authorization: 'Bearer sk_test_x', 'idempotency-key': key },
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe('a fault of the simulator’s own', () => {
  it('is a 500 that says so, is kept for the log, and leaves no trace', async () => {
    await using broken = await startBroken();
    const answer = await broken.create('a');
    expect(answer.status).toBe(500);
    expect(await answer.json()).toMatchObject({
      error: { type: 'api_error', message: expect.stringContaining('The Stripe simulator itself failed') },
    });
    expect(broken.log.all()[0]?.internalError).toContain('undefined is not a function');
    expect(rows(broken.world).size()).toBe(0);
    broken.world.settle(60_000);
    expect(rows(broken.world).size()).toBe(0);
  });

  it('does not disturb what comes after it', async () => {
    await using broken = await startBroken();
    await broken.create('a');
    broken.repair();
    expect((await broken.create('b')).status).toBe(200);
    expect(rows(broken.world).size()).toBe(1);
    expect((await (await broken.create('a')).json()) as object).toMatchObject({
      error: { type: 'api_error' },
    });
  });
});
