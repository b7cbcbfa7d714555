import Stripe from 'stripe';
import { createStripeGateway } from '../../../packages/server/src/gateways/stripe/index.ts';
import { createPgBossJobs } from '../../../packages/server/src/jobs/pg-boss-jobs.ts';
import { postgresStore } from '../../../packages/server/src/store/postgres.ts';
import type { OpenStore } from '../../../packages/server/src/store/store.ts';
import type { WebhookEventTable } from '../../../packages/server/src/store/tables.ts';
import { createEventReceiver } from '../../../packages/server/src/webhooks/receive-event.ts';
import { startPostgres } from '../../tooling/postgres-server.ts';
import { type Mode, median, type Row } from '../row.ts';

const ROUNDS = 15;
const COUNT = 600;
const WIDTH = 16;
const secret = 'whsec_of_the_bench';
const silent = { error: () => undefined, warn: () => undefined, info: () => undefined };

/** Takes one delivery and answers its status. */
type Receive = (request: Request) => Promise<Response>;

/** Deliveries as Stripe sends them, each event once. */
function createDeliveries(client: Stripe, round: number): Request[] {
  const timestamp = Math.floor(Date.now() / 1000);
  return Array.from({ length: COUNT }, (_, index) => {
    const id = `${round}_${index}`;
    const payload = JSON.stringify({
      id: `evt_${id}`,
      object: 'event',
      api_version: Stripe.API_VERSION,
      created: timestamp,
      livemode: false,
      pending_webhooks: 1,
      request: { id: null, idempotency_key: null },
      type: 'checkout.session.completed',
      data: {
        object: {
          id: `cs_test_${id}`,
          object: 'checkout.session',
          customer: 'cus_bench',
          livemode: false,
          metadata: { topup_id: `tu_${id}` },
          mode: 'payment',
          payment_intent: `pi_${id}`,
          payment_status: 'paid',
          status: 'complete',
          success_url: `https://app.example/billing?${'x'.repeat(1_500)}`,
        },
      },
    });
    const signature = client.webhooks.generateTestHeaderString({ payload, secret, timestamp });
    const headers = { 'stripe-signature': signature, 'content-type': 'application/json' };
    return new Request('https://app.example/webhooks/stripe', { method: 'POST', headers, body: payload });
  });
}

async function perSecond(receive: Receive, requests: Request[]): Promise<number> {
  const rest = requests.values();
  const startedMs = performance.now();
  const lanes = Array.from({ length: WIDTH }, async () => {
    for (const request of rest) {
      const { status } = await receive(request);
      if (status !== 200) throw new Error(`A delivery was answered with ${status}.`);
    }
  });
  await Promise.all(lanes);
  return (requests.length * 1_000) / (performance.now() - startedMs);
}

/**
 * The same signature check, the same row and the same job in one transaction, by a table that takes every event again: it has
 * the indexes of ours, and none of them is unique.
 */
async function createNaive(store: OpenStore, client: Stripe): Promise<Receive> {
  const { events } = createStripeGateway(client, { logger: silent });
  if (!events) throw new Error('The gateway of Stripe has events.');
  await store.executeSql(
    'create table meterboard.naive_events (like meterboard.webhook_events including defaults)',
  );
  const { rows: indexes } = await store.executeSql(
    "select indexdef from pg_indexes where schemaname = 'meterboard' and tablename = 'webhook_events'",
  );
  for (const [place, row] of indexes.entries()) {
    const { indexdef } = row as { indexdef: string };
    const columns = indexdef.replace(/^.* USING /, 'using ');
    await store.executeSql(`create index naive_events_${place} on meterboard.naive_events ${columns}`);
  }
  const jobs = createPgBossJobs(async () => store, { logger: silent });
  await jobs.prepare(store);
  const db = store.db.withTables<{ naive_events: WebhookEventTable }>();
  return async (request) => {
    const event = await events.readDelivery({
      body: new Uint8Array(await request.arrayBuffer()),
      signature: request.headers.get('stripe-signature'),
      secrets: [secret],
      nowMs: Date.now(),
    });
    await db.transaction().execute(async (within) => {
      await within
        .insertInto('naive_events')
        .values({
          event_id: event.eventId,
          livemode: event.livemode,
          payload: event.payload,
          type: event.type,
          created_at_ms: event.createdAtMs,
          received_at_ms: Date.now(),
          origin: 'delivery',
          body: event.body,
          state: 'received',
          deliveries: 1,
          reason: null,
          done_at_ms: null,
        })
        .execute();
      await jobs.send('handle_event', { eventId: event.eventId }, { key: event.eventId, within });
    });
    return Response.json({ received: true });
  };
}

async function createOurs(store: OpenStore, client: Stripe, mode: Mode): Promise<Receive> {
  const { events } = createStripeGateway(client, { logger: silent });
  if (!events) throw new Error('The gateway of Stripe has events.');
  const jobs = createPgBossJobs(async () => store, { logger: silent });
  await jobs.prepare(store);
  const receive = createEventReceiver({
    events,
    secrets: [secret],
    livemode: false,
    openInbox: async () => ({ db: store.db, jobs }),
    nowMs: Date.now,
    logger: silent,
  });
  if (mode === 'sound') return receive;
  // The fault that this row has to catch: exactly once bought by taking one delivery at a time.
  let turn: Promise<unknown> = Promise.resolve();
  return (request) => {
    const answer = turn.then(() => receive(request));
    turn = answer;
    return answer;
  };
}

export const webhooks: Row = {
  id: 'P12',
  what: 'webhook deliveries taken by our endpoint, against the same work without uniqueness',
  target: '≥ 0.95',
  async measure(mode) {
    const postgres = await startPostgres();
    const client = new Stripe('sk_test_bench');
    const connectionString = postgres.connectionString('postgres');
    const store = await postgresStore({ connectionString }).open({
      logger: silent,
      operate: async () => null,
    });
    try {
      const naive = await createNaive(store, client);
      const ours = await createOurs(store, client, mode);
      const rounds: { naive: number; ours: number }[] = [];
      const measured = mode === 'broken' ? 3 : ROUNDS;
      for (let round = 0; round <= measured; round += 1) {
        const runs = [
          async () => ({ naive: await perSecond(naive, createDeliveries(client, 2 * round)) }),
          async () => ({ ours: await perSecond(ours, createDeliveries(client, 2 * round + 1)) }),
        ] as const;
        // Whoever comes second finds the server warmer: they take turns.
        const first = await runs[round % 2 === 0 ? 0 : 1]();
        const second = await runs[round % 2 === 0 ? 1 : 0]();
        // The first round is for warming up.
        if (round > 0) rounds.push({ naive: 0, ours: 0, ...first, ...second });
      }
      const rate = median(rounds.map((each) => each.ours));
      return {
        samples: rounds.map((each) => each.ours / each.naive),
        meets: (figure) => figure >= 0.95,
        format: (figure) => figure.toFixed(2),
        detail: `${Math.round(rate).toLocaleString('en')} deliveries/s on PostgreSQL, ${WIDTH} at a time`,
      };
    } finally {
      await store.close();
      await postgres.stop();
    }
  },
};
