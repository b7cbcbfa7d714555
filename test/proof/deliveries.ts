import { setTimeout as sleep } from 'node:timers/promises';
import { createMeterboard } from '@meterboard/server';
import { createSimulator, type Simulator } from '@meterboard/stripe-simulator';
import Stripe from 'stripe';
import { createStripeGateway } from '../../packages/server/src/gateways/stripe/index.ts';
import type { TestStore } from '../../packages/server/src/testing/describe-stores.ts';
import { buildAccount, createLog, packages } from '../integration/stripe-world.ts';
import { createRandom, inParallel, type Random } from './chance.ts';

export const secret = 'whsec_of_the_proof';
const nowMs = Date.parse('2026-11-26T09:30:00Z');
/** No customer has more open payments than that. */
const perCustomer = 10;
const types = ['checkout.session.completed', 'payment_intent.succeeded', 'payment_intent.payment_failed'];

/** A delivery as it went out: what a handler of any kind had to make something of. */
interface Delivery {
  eventId: string;
  type: string;
  topUpId: string;
  amountMinor: number;
  body: string;
}

export interface Figures {
  deliveries: number;
  payments: number;
  failures: number;
  refused: number;
  /** Credited ÷ paid, of the kit. */
  ratio: number;
  /** Purchases whose credit is not exactly what was paid. */
  wrong: string[];
  /** Events that came to no end. */
  waiting: number;
  /** The same deliveries for handlers that are known to be wrong. */
  controls: { increment: number; eventUnique: number };
}

/** Pays, delivers in every disorder while handlings fail at random, and counts what was credited in the end. */
export async function deliver(store: TestStore, seed: number, count: number): Promise<Figures> {
  const random = createRandom(seed);
  const simulator = await createSimulator({ nowMs, frozen: true });
  const client = new Stripe('sk_test_proof', {
    host: simulator.host,
    port: simulator.port,
    protocol: 'http',
    telemetry: false,
    maxNetworkRetries: 0,
  });
  const { logger } = createLog();
  const chaos = { isOn: false, failures: 0 };
  const gateway = createStripeGateway(client, { logger });
  if (!gateway.topUps) throw new Error('The gateway of Stripe has top-ups.');
  const meterboard = createMeterboard({
    gateway: { ...gateway, topUps: failing(gateway.topUps, random, chaos) },
    identify: () => null,
    nowMs: simulator.nowMs,
    logger,
    topUps: { packages, returnUrl: 'https://app.example/billing' },
    webhooks: { secrets: [secret] },
    store: store.asStore(),
  });
  try {
    const customers = await createCustomers(client, Math.ceil((count * 0.3) / perCustomer));
    const payments = Math.round(count * 0.3);
    const buy = async (index: number) => {
      const customerId = customers[Math.floor(index / perCustomer)] ?? '';
      const caller = meterboard.createCaller({ customerId });
      const packageId = packages[index % packages.length]?.id ?? '';
      const { topUpId } = await caller.topUps.start({ packageId, attemptId: `attempt-${index}` });
      await pay(simulator, store, topUpId, index % 10);
    };
    await inParallel(
      8,
      Array.from({ length: payments }, (_, index) => index),
      buy,
    );

    const deliveries = plan(await eventsOf(client), count, random);
    chaos.isOn = true;
    await meterboard.start();
    let refused = 0;
    await inParallel(16, deliveries, async ({ body }) => {
      const timestamp = Math.floor(simulator.nowMs() / 1000);
      const signature = client.webhooks.generateTestHeaderString({ payload: body, secret, timestamp });
      const post = () =>
        meterboard.handler(
          new Request('https://app.example/api/meterboard/webhooks/stripe', {
            method: 'POST',
            headers: { 'stripe-signature': signature, 'content-type': 'application/json' },
            body,
          }),
        );
      for (let tries = 0; (await post()).status !== 200 && tries < 5; tries += 1) refused += 1;
    });
    const waiting = await untilHandled(store, 120_000);
    chaos.isOn = false;
    // What a worker does by itself every five minutes.
    for (let round = 0; round < 3; round += 1) {
      await simulator.advance(3_600_000);
      await meterboard.sweep();
    }
    const counted = await audit(client, customers);
    const { failures } = chaos;
    const controls = control(deliveries, counted.paidMinor, createRandom(seed + 1));
    const { ratio, wrong } = counted;
    return { deliveries: deliveries.length, payments, failures, refused, ratio, wrong, waiting, controls };
  } finally {
    await meterboard.close({ timeoutMs: 2_000 });
    await simulator.close();
  }
}

/** One in a hundred calls fails before it is sent, another after its effect: about one in fifty handlings. */
function failing<Gateway extends object>(
  gateway: Gateway,
  random: Random,
  chaos: { isOn: boolean; failures: number },
): Gateway {
  return new Proxy(gateway, {
    get(target, name) {
      const method = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return async (...given: unknown[]) => {
        const luck = chaos.isOn ? random() : 1;
        if (luck < 0.01) fail(chaos, 'before');
        const answer = await Reflect.apply(method, target, given);
        if (luck < 0.02) fail(chaos, 'after');
        return answer;
      };
    },
  });
}

function fail(chaos: { failures: number }, when: string): never {
  chaos.failures += 1;
  throw new Error(`The process fell over ${when} a call.`);
}

async function createCustomers(client: Stripe, count: number): Promise<string[]> {
  const { priceId, first } = await buildAccount(client);
  const others = Array.from({ length: count - 1 }, async (_, index) => {
    const { id } = await client.customers.create({ name: `customer ${index}` });
    await client.subscriptions.create({ customer: id, items: [{ price: priceId }] });
    return id;
  });
  return [first, ...(await Promise.all(others))];
}

/** Of ten purchases eight are paid, one is declined and one is left alone. */
async function pay(simulator: Simulator, store: TestStore, topUpId: string, luck: number): Promise<void> {
  if (luck === 9) return;
  const { payment_id: sessionId } = await store.db
    .selectFrom('top_up_payments')
    .select('payment_id')
    .where('top_up_id', '=', topUpId)
    .executeTakeFirstOrThrow();
  const method = luck === 8 ? 'pm_card_chargeDeclined' : 'pm_card_visa';
  await simulator.payments.paySession(sessionId ?? '', { method });
}

async function eventsOf(client: Stripe): Promise<Delivery[]> {
  const events: Delivery[] = [];
  for await (const event of client.events.list({ types, limit: 100 })) {
    const object = event.data.object as { metadata: Stripe.Metadata; amount?: number; amount_total?: number };
    events.push({
      eventId: event.id,
      type: event.type,
      topUpId: object.metadata.topup_id ?? '',
      amountMinor: object.amount_total ?? object.amount ?? 0,
      body: JSON.stringify(event),
    });
  }
  return events;
}

/** Half of the payments tell of themselves by both types, half by one; then repeated up to the count, and shuffled. */
function plan(events: readonly Delivery[], count: number, random: Random): Delivery[] {
  const ofTopUp = Map.groupBy(events, ({ topUpId }) => topUpId);
  const sent = [...ofTopUp.values()].flatMap((own) =>
    random() < 0.5 ? own : own.slice(Math.floor(random() * own.length)).slice(0, 1),
  );
  const all = [...sent];
  while (all.length < count) all.push(sent[Math.floor(random() * sent.length)] as Delivery);
  for (let index = all.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1));
    [all[index], all[other]] = [all[other] as Delivery, all[index] as Delivery];
  }
  return all;
}

/** Waits until every event was handled, or none was for so long; answers how many are left. */
export async function untilHandled(store: TestStore, patienceMs: number): Promise<number> {
  let deadline = Date.now() + patienceMs;
  let left = Number.POSITIVE_INFINITY;
  for (;;) {
    const { count } = await store.db
      .selectFrom('webhook_events')
      .select((row) => row.fn.countAll<number>().as('count'))
      .where('state', '=', 'received')
      .executeTakeFirstOrThrow();
    if (Number(count) < left) deadline = Date.now() + patienceMs;
    left = Number(count);
    if (left === 0 || Date.now() > deadline) return left;
    await sleep(200);
  }
}

/** What Stripe says was paid (and not given back) and is credited, purchase by purchase. `double`: paid or credited more than once. */
export async function audit(client: Stripe, customers: readonly string[]) {
  const wrong: string[] = [];
  const double: string[] = [];
  let paidMinor = 0;
  let creditedMinor = 0;
  await inParallel(4, customers, async (customer) => {
    const options = { limit: 1_000 };
    const [intents, grants] = await Promise.all([
      client.paymentIntents
        .list({ customer, limit: 100, expand: ['data.latest_charge'] })
        .autoPagingToArray(options),
      client.billing.creditGrants.list({ customer, limit: 100 }).autoPagingToArray(options),
    ]);
    const balance = new Map<string, { paid: number; credited: number; payments: number }>();
    const of = (topUpId: string) => {
      const known = balance.get(topUpId) ?? { paid: 0, credited: 0, payments: 0 };
      balance.set(topUpId, known);
      return known;
    };
    for (const { status, amount, metadata, latest_charge: charge } of intents) {
      if (status !== 'succeeded') continue;
      const refunded = typeof charge === 'object' ? (charge?.amount_refunded ?? 0) : 0;
      const own = of(metadata.topup_id ?? '');
      own.paid += amount - refunded;
      own.payments += 1;
    }
    for (const { voided_at: voidedAt, amount, metadata } of grants)
      if (voidedAt === null) of(metadata.topup_id ?? '').credited += amount.monetary?.value ?? 0;
    for (const [topUpId, { paid, credited, payments }] of balance) {
      paidMinor += paid;
      creditedMinor += credited;
      if (paid !== credited) wrong.push(`${topUpId}: paid ${paid}, credited ${credited}`);
      if (payments > 1 || credited > paid) double.push(topUpId);
    }
  });
  return { paidMinor, creditedMinor, ratio: creditedMinor / paidMinor, wrong, double };
}

/** Handlers as they are often written, given the very same deliveries; one in fifty falls over and is delivered again. */
function control(deliveries: readonly Delivery[], paidMinor: number, random: Random) {
  let incremented = 0;
  let unique = 0;
  const seen = new Set<string>();
  for (const { eventId, type, amountMinor } of deliveries) {
    const isPaid = type !== 'payment_intent.payment_failed';
    const credit = isPaid ? amountMinor : 0;
    // The credit is given, the answer is not: the delivery comes again.
    incremented += random() < 0.02 ? 2 * credit : credit;
    if (!seen.has(eventId)) unique += credit;
    seen.add(eventId);
  }
  return { increment: incremented / paidMinor, eventUnique: unique / paidMinor };
}
