import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMeterboard, type Meterboard } from '@meterboard/server';
import { toNodeHandler } from '@meterboard/server/node';
import { createSimulator } from '@meterboard/stripe-simulator';
import Stripe from 'stripe';
import type { BillingGateway } from '../../../packages/server/src/gateway.ts';
import { createStripeGateway } from '../../../packages/server/src/gateways/stripe/index.ts';
import type { OpenStore } from '../../../packages/server/src/store/store.ts';
import { createLife, type Life } from './life.ts';
import { snapshotSecret, topUpOptions } from './offer.ts';
import { emptyStore } from './queue.ts';

export const stageNowMs = Date.UTC(2026, 2, 20, 15, 45, 30);
export const basePath = '/api/meterboard';

export interface StageOptions {
  customers: number;
  seed: number;
  /** When it begins, Unix ms; a day of March 2026 unless said otherwise. */
  nowMs?: number;
  /** Breaks the build on purpose: for negative controls. */
  sabotage?: (gateway: BillingGateway) => BillingGateway;
}

/** A host of the kit, with the life that it can lose. */
export interface Host {
  meterboard: Meterboard<undefined>;
  life: Life;
}

/**
 * A simulator on a frozen clock with metered customers who keep a card, and hosts of the kit on one store, reached over
 * HTTP at one address. The store is emptied first.
 */
export async function startStage(
  store: OpenStore,
  { customers, seed, nowMs = stageNowMs, sabotage }: StageOptions,
) {
  await emptyStore(store);
  const simulator = await createSimulator({ nowMs, frozen: true, seed: `proof-${seed}` });
  simulator.webhooks.configure({ concurrency: 'concurrent' });
  const connect = (key: string) =>
    new Stripe(key, {
      host: simulator.host,
      port: simulator.port,
      protocol: 'http',
      telemetry: false,
      maxNetworkRetries: 0,
    });
  const client = connect('sk_test_proof');
  const log = createLog();
  const account = await buildAccount(client, customers);
  const hosts = new Set<Host>();
  let answering: Host | null = null;

  async function openHost({ works = true, answers = true } = {}): Promise<Host> {
    const life = createLife();
    const gateway = life.wrapGateway(createStripeGateway(connect('sk_test_host'), { logger: log.logger }));
    const meterboard = createMeterboard({
      gateway: sabotage ? sabotage(gateway) : gateway,
      identify: () => null,
      nowMs: simulator.nowMs,
      logger: log.logger,
      topUps: topUpOptions,
      webhooks: { secrets: [snapshotSecret, 'whsec_of_thin_events'] },
      store: life.wrapStore(store),
    });
    const host = { meterboard, life };
    hosts.add(host);
    if (answers) answering = host;
    if (works) await meterboard.start();
    return host;
  }

  async function closeHost(host: Host): Promise<void> {
    hosts.delete(host);
    if (answering === host) answering = null;
    await host.meterboard.close({ timeoutMs: host.life.isDead ? 1 : 5_000 }).catch(() => undefined);
  }

  const server = createServer((message, response) => {
    if (!answering || answering.life.isDead) return void response.destroy();
    void toNodeHandler(answering.meterboard)(message, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${basePath}/webhooks/stripe`;

  return {
    simulator,
    client,
    store,
    log,
    account,
    customerIds: account.customers.map(({ id }) => id),
    url,
    openHost,
    closeHost,
    /** Signed as Stripe signs when it sends, at the simulator's time. */
    sign: (payload: string) =>
      client.webhooks.generateTestHeaderString({
        payload,
        secret: snapshotSecret,
        timestamp: Math.floor(simulator.nowMs() / 1_000),
      }),
    async close() {
      for (const host of hosts) await closeHost(host);
      await simulator.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type Stage = Awaited<ReturnType<typeof startStage>>;

/** What hosts complain about, for whoever looks into a failure. */
function createLog() {
  const lines: string[] = [];
  const keep = (message: string, details?: object) =>
    void lines.push(`${message} ${JSON.stringify(details ?? {})}`);
  return { lines, logger: { error: keep, warn: keep, info: keep } };
}

/** One sum meter at 1 cent a unit, and customers who are billed for it and keep a card. */
export async function buildAccount(client: Stripe, count: number) {
  await client.billing.meters.create({
    display_name: 'API calls',
    event_name: 'api_calls',
    default_aggregation: { formula: 'sum' },
  });
  const { data: meters } = await client.billing.meters.list();
  const product = await client.products.create({ name: 'API calls' });
  const price = await client.prices.create({
    currency: 'usd',
    product: product.id,
    unit_amount: 1,
    recurring: { interval: 'month', usage_type: 'metered', meter: meters[0]?.id ?? '' },
  });
  const customers: { id: string; cardId: string }[] = [];
  for (let index = 0; index < count; index += 1) {
    const { id } = await client.customers.create({ name: `Customer ${index}` });
    const card = await client.paymentMethods.attach('pm_card_visa', { customer: id });
    await client.customers.update(id, { invoice_settings: { default_payment_method: card.id } });
    // Invoices of every other customer are sent, and stay open: those can be voided.
    const sent = index % 2 === 1 ? { collection_method: 'send_invoice' as const, days_until_due: 30 } : {};
    await client.subscriptions.create({ customer: id, items: [{ price: price.id }], ...sent });
    customers.push({ id, cardId: card.id });
  }
  return { priceId: price.id, customers };
}
