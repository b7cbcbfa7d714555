/**
 * A host in a process of its own: a real HTTP server with the kit and its workers, on a folder or a PostgreSQL server. It
 * loads everything at once, waits for the order to begin, and does what its parent asks until it is killed.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMeterboard, type Meterboard } from '@meterboard/server';
import { toNodeHandler } from '@meterboard/server/node';
import pg from 'pg';
import Stripe from 'stripe';
import { createStripeGateway } from '../../../packages/server/src/gateways/stripe/index.ts';
import { embeddedStore } from '../../../packages/server/src/store/embedded.ts';
import { postgresStore } from '../../../packages/server/src/store/postgres.ts';
import type { OpenStore, Store } from '../../../packages/server/src/store/store.ts';
import { readBooks } from '../stage/judge.ts';
import { snapshotSecret, topUpOptions } from '../stage/offer.ts';
import { countOpen, hurryJobs } from '../stage/queue.ts';
import { withoutKeys } from '../stage/sabotage.ts';
import { armKillPoint, type KillPoint, tapEmbedded, tapPool } from './kill-point.ts';

/** Where a host lives. */
export interface HostOrder {
  store: { folder: string } | { connectionString: string };
  stripe: { host: string; port: number };
  nowMs: number;
  /** Negative control: a build without idempotency keys and look-up. */
  isSabotaged: boolean;
}

/** What a host can be asked; each is answered under its id. */
export type Ask =
  | { ask: 'open'; order: HostOrder }
  | { ask: 'time'; nowMs: number }
  | { ask: 'arm'; point: KillPoint | null }
  | { ask: 'sweep' }
  | { ask: 'hurry' }
  | { ask: 'open count' }
  | { ask: 'books' };

let nowMs = 0;
let opened: OpenStore | undefined;
let meterboard: Meterboard<unknown> | undefined;

function need<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('The host is not open.');
  return part;
}

async function open(order: HostOrder): Promise<number> {
  nowMs = order.nowMs;
  const store = storeOf(order);
  const gateway = createStripeGateway(
    new Stripe('sk_test_child', {
      ...order.stripe,
      protocol: 'http',
      telemetry: false,
      maxNetworkRetries: 0,
      timeout: 5_000,
    }),
  );
  const host = createMeterboard({
    gateway: order.isSabotaged ? withoutKeys(gateway) : gateway,
    identify: (request) => ({ customerId: request.headers.get('x-customer') ?? '' }),
    nowMs: () => nowMs,
    logger: { error: () => undefined, warn: () => undefined, info: () => undefined },
    topUps: topUpOptions,
    webhooks: { secrets: [snapshotSecret] },
    store: {
      kind: store.kind,
      async open(parts) {
        opened = await store.open(parts);
        await passDowntime(opened);
        return opened;
      },
    },
  });
  meterboard = host;
  await host.start();
  const handle = toNodeHandler(host);
  const server = createServer((message, response) => void handle(message, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function storeOf({ store }: HostOrder): Store {
  if ('folder' in store) {
    tapEmbedded();
    return embeddedStore(store);
  }
  const pool = new pg.Pool({ connectionString: store.connectionString, max: 10 });
  pool.on('error', () => undefined);
  return postgresStore({ pool: tapPool(pool as never) });
}

/**
 * The host was down for a minute, as far as the queue can tell: jobs of the killed process have been silent that long, and it is
 * time to look for such jobs.
 */
async function passDowntime({ executeSql }: OpenStore): Promise<void> {
  const { rows } = await executeSql("select to_regclass('meterboard_jobs.job') is not null as there");
  if (!(rows[0] as { there: boolean }).there) return;
  await executeSql(
    `update meterboard_jobs.job
        set heartbeat_on = heartbeat_on - interval '1 minute', started_on = started_on - interval '1 minute'
      where state = 'active'`,
  );
  await executeSql("update meterboard_jobs.queue set monitor_on = monitor_on - interval '1 minute'");
}

async function answer(asked: Ask): Promise<unknown> {
  switch (asked.ask) {
    case 'open':
      return open(asked.order);
    case 'time':
      nowMs = asked.nowMs;
      return null;
    case 'arm':
      armKillPoint(asked.point);
      return null;
    case 'sweep':
      return need(meterboard).sweep();
    case 'hurry':
      return hurryJobs(need(opened));
    case 'open count':
      return countOpen(need(opened), { withLater: true });
    case 'books':
      return readBooks(need(opened).db);
  }
}

process.on('message', async ({ id, asked }: { id: number; asked: Ask }) => {
  try {
    process.send?.({ id, said: await answer(asked) });
  } catch (error) {
    process.send?.({ id, failed: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
process.on('disconnect', () => process.exit());
