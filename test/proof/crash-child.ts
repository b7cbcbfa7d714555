import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMeterboard } from '@meterboard/server';
import { toNodeHandler } from '@meterboard/server/node';
import Stripe from 'stripe';
import { createStripeGateway } from '../../packages/server/src/gateways/stripe/index.ts';
import { embeddedStore } from '../../packages/server/src/store/embedded.ts';
import { postgresStore } from '../../packages/server/src/store/postgres.ts';
import { packages } from '../integration/stripe-world.ts';

/** What the process is to be, as JSON in its first argument. It tells its parent the port, and is told the time. */
export interface CrashOrder {
  store: { folder: string } | { connectionString: string };
  stripe: { host: string; port: number };
  secret: string;
  nowMs: number;
  /** With the fault that the proof has to notice: each try of a grant has a key of its own, and none is looked up. */
  isBroken?: boolean;
}

const order: CrashOrder = JSON.parse(String(process.argv[2]));
let { nowMs } = order;
process.on('message', (told: { nowMs: number }) => {
  nowMs = told.nowMs;
});
process.on('disconnect', () => process.exit());

const nothing = () => undefined;
const logger = { error: nothing, warn: nothing, info: nothing };
const client = new Stripe('sk_test_crashes', {
  ...order.stripe,
  protocol: 'http',
  telemetry: false,
  maxNetworkRetries: 0,
});

function createGateway() {
  const gateway = createStripeGateway(client, { logger });
  const { topUps } = gateway;
  if (!topUps || !order.isBroken) return gateway;
  const createGrant: typeof topUps.createGrant = (grant) =>
    topUps.createGrant({ ...grant, idempotencyKey: randomUUID() });
  const listCreditGrants: typeof gateway.listCreditGrants = async (...asked) =>
    (await gateway.listCreditGrants(...asked)).map((grant) => ({ ...grant, owner: null }));
  return { ...gateway, listCreditGrants, topUps: { ...topUps, createGrant } };
}

const meterboard = createMeterboard({
  gateway: createGateway(),
  // Whoever asks is believed: nobody else reaches this port.
  identify: (request) => {
    const customerId = request.headers.get('x-customer');
    return customerId === null ? null : { customerId };
  },
  nowMs: () => nowMs,
  logger,
  topUps: {
    packages,
    payWith: ['saved_card', 'hosted_page'],
    returnUrl: 'https://app.example/billing',
  },
  webhooks: { secrets: [order.secret] },
  store: 'folder' in order.store ? embeddedStore(order.store) : postgresStore(order.store),
});
const answer = toNodeHandler(meterboard);
const server = createServer((request, response) => void answer(request, response));
await meterboard.start();
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
