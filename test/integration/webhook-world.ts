import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSimulator } from '@meterboard/stripe-simulator';
import Stripe from 'stripe';
import { createStripeGateway } from '../../packages/server/src/gateways/stripe/index.ts';
import { createHandler } from '../../packages/server/src/http/handler.ts';
import { toNodeHandler } from '../../packages/server/src/http/node.ts';
import { createPgBossJobs } from '../../packages/server/src/jobs/pg-boss-jobs.ts';
import type { OpenStore } from '../../packages/server/src/store/store.ts';
import { createEventHandler, type SettleTopUp } from '../../packages/server/src/webhooks/handle-event.ts';
import { createEventReceiver } from '../../packages/server/src/webhooks/receive-event.ts';
import type { EventInbox } from '../../packages/server/src/webhooks/store-event.ts';
import { createLog, usd } from './stripe-world.ts';

export const nowMs = Date.parse('2026-11-26T09:30:00Z');
export const basePath = '/api/meterboard';
export const snapshotSecret = 'whsec_of_snapshots';
export const thinSecret = 'whsec_of_thin_events';

/**
 * The receiving half of a Meterboard on a port, a simulator that delivers to it as two destinations, and the jobs of
 * `store`. `settle` asks the provider about the row's own payments and nothing else, as the kit's does.
 */
export async function startWebhookWorld(store: OpenStore) {
  const simulator = await createSimulator({ nowMs, frozen: true });
  const client = new Stripe('sk_test_webhooks', {
    host: simulator.host,
    port: simulator.port,
    protocol: 'http',
    telemetry: false,
    maxNetworkRetries: 0,
  });
  const log = createLog();
  const gateway = createStripeGateway(client, { logger: log.logger });
  const { events, topUps } = gateway;
  if (!events || !topUps) throw new Error('The gateway of Stripe has events and top-ups.');
  const jobs = createPgBossJobs(async () => store, log);
  await jobs.prepare(store);
  const { db } = store;

  const settled: string[] = [];
  const world = {
    simulator,
    client,
    events,
    topUps,
    jobs,
    db,
    log,
    /** In force; tests roll them. */
    secrets: [snapshotSecret, thinSecret],
    settled,
    /** Replaced by tests that make it fail. */
    beforeSettle: async (_topUpId: string): Promise<void> => undefined,
    openInbox: async (): Promise<EventInbox> => ({ db, jobs }),
    parts: { nowMs: simulator.nowMs, logger: log.logger, livemode: topUps.livemode },
  };

  const settle: SettleTopUp = async (topUpId) => {
    await world.beforeSettle(topUpId);
    const payments = await db
      .selectFrom('top_up_payments')
      .innerJoin('top_ups', 'top_ups.top_up_id', 'top_up_payments.top_up_id')
      .select(['kind', 'payment_id', 'customer_id'])
      .where('top_ups.top_up_id', '=', topUpId)
      .execute();
    if (payments.length === 0) return 'unknown';
    for (const { kind, payment_id: paymentId, customer_id: customerId } of payments) {
      const payment = await topUps.getPayment({ customerId, kind, paymentId: paymentId ?? '' });
      const isLost = (payment.charge?.refundedMinor ?? 0) > 0;
      const state = payment.state === 'declined' ? 'open' : payment.state;
      await db
        .updateTable('top_ups')
        .set({ state: isLost ? 'refunded' : state })
        .where('top_up_id', '=', topUpId)
        .execute();
      await db
        .updateTable('top_up_payments')
        .set({ intent_id: payment.intentId })
        .where('top_up_id', '=', topUpId)
        .execute();
    }
    settled.push(topUpId);
    return 'settled';
  };

  const idsOf = async (state: 'received' | 'done' | 'ignored' | 'parked') => {
    const rows = await db
      .selectFrom('webhook_events')
      .select('event_id')
      .where('state', '=', state)
      .orderBy('event_id')
      .execute();
    return rows.map((row) => row.event_id);
  };

  const handle = createEventHandler({ db, events, topUps, settle, ...world.parts });
  const createReceiver = (secrets: readonly string[]) =>
    createEventReceiver({ events, secrets, openInbox: () => world.openInbox(), ...world.parts });
  let receiver = { secrets: world.secrets, receive: createReceiver(world.secrets) };
  const receive = (request: Request) => {
    const { secrets } = world;
    if (receiver.secrets !== secrets) receiver = { secrets, receive: createReceiver(secrets) };
    return receiver.receive(request);
  };
  const handler = createHandler({
    basePath,
    createContext: () => {
      throw new Error('Nobody calls procedures here.');
    },
    logger: log.logger,
    receiveEvent: receive,
  });
  const nodeHandler = toNodeHandler({ basePath, handler });
  const server = createServer((message, response) => void nodeHandler(message, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${basePath}/webhooks/stripe`;

  return Object.assign(world, {
    url,
    handle,
    receive,
    /** Begins to deliver: all snapshots to one destination, all thin events to the other, both at the same address. */
    listen() {
      const { id: snapshotId } = simulator.webhooks.forward({ url, secret: snapshotSecret });
      const { id: thinId } = simulator.webhooks.forward({ url, secret: thinSecret, payload: 'thin' });
      return { snapshotId, thinId };
    },
    /** Takes work until the test ends. */
    work: () =>
      jobs.start({
        handle_event: handle,
        settle_top_up: async () => undefined,
        settle_bonus: async () => undefined,
        sweep: async () => undefined,
        forget: async () => undefined,
      }),
    /** Handles all that waits, here and now, in this order. */
    async handleAll(order: (ids: string[]) => string[] = (ids) => ids) {
      for (const eventId of order(await idsOf('received'))) await handle({ eventId }, { isLast: false });
    },
    idsOf,
    /** A purchase that the store knows, with its page at the provider. */
    async buy(topUpId: string, { stored = true } = {}) {
      const customer = await client.customers.create({ name: topUpId });
      const checkout = await topUps.createCheckout({
        customerId: customer.id,
        topUpId,
        n: 1,
        label: 'Ten',
        price: usd(1000),
        credit: usd(1000),
        idempotencyKey: `checkout:${topUpId}`,
        isEmbedded: false,
        successUrl: 'https://app.example/billing',
        cancelUrl: 'https://app.example/billing',
        automaticTax: false,
        promotionCodes: false,
        invoice: false,
        offerToSaveCard: false,
      });
      if (stored)
        await storeTopUp(store, { topUpId, customerId: customer.id, paymentId: checkout.paymentId });
      const pay = () => fetch(checkout.url ?? '', { method: 'POST', redirect: 'manual' });
      return { customerId: customer.id, paymentId: checkout.paymentId, pay };
    },
    async stateOf(topUpId: string) {
      const row = await db
        .selectFrom('top_ups')
        .select('state')
        .where('top_up_id', '=', topUpId)
        .executeTakeFirst();
      return row?.state;
    },
    async inbox() {
      return db.selectFrom('webhook_events').selectAll().orderBy('event_id').execute();
    },
    /** A signed body as Stripe would send it, at the simulator's time. */
    sign: (payload: string, secret = snapshotSecret) =>
      client.webhooks.generateTestHeaderString({
        payload,
        secret,
        timestamp: Math.floor(simulator.nowMs() / 1000),
      }),
    async post(payload: string | Uint8Array<ArrayBuffer>, signature: string | null) {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          ...(signature === null ? {} : { 'stripe-signature': signature }),
        },
        body: payload,
      });
      const text = await response.text();
      return { status: response.status, text, words: JSON.parse(text).error?.message as string | undefined };
    },
    async close() {
      await jobs.stop({ timeoutMs: 1_000 });
      await simulator.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

export type WebhookWorld = Awaited<ReturnType<typeof startWebhookWorld>>;

async function storeTopUp(
  { db }: OpenStore,
  { topUpId, customerId, paymentId }: { topUpId: string; customerId: string; paymentId: string },
) {
  const times = { created_at_ms: nowMs, updated_at_ms: nowMs };
  await db
    .insertInto('top_ups')
    .values({
      top_up_id: topUpId,
      livemode: false,
      customer_id: customerId,
      actor: null,
      package_id: 'ten',
      label: 'Ten',
      pay_with: 'hosted_page',
      price_minor: 1000,
      price_currency: 'usd',
      credit_minor: 1000,
      credit_currency: 'usd',
      category: 'paid',
      expires_after_months: null,
      priority: 50,
      state: 'open',
      declined: null,
      paid_at_ms: null,
      charged_minor: null,
      covers_used_minor: null,
      stuck: null,
      look_at_ms: null,
      ...times,
    })
    .execute();
  await db
    .insertInto('top_up_payments')
    .values({
      top_up_id: topUpId,
      n: 1,
      kind: 'checkout',
      is_embedded: false,
      success_url: 'https://app.example/billing',
      cancel_url: 'https://app.example/billing',
      card_id: null,
      idempotency_key: `checkout:${topUpId}`,
      payment_id: paymentId,
      intent_id: null,
      sent_at_ms: nowMs,
      created_at_ms: nowMs,
    })
    .execute();
}
