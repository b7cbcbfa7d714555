import type { IncomingMessage } from 'node:http';
import { createMeterboard, type OpenStore, type Store, type TopUpOptions } from '@meterboard/server';
import Stripe from 'stripe';
import { sharedStore } from '../../packages/server/src/testing/describe-stores.ts';
import type { StuckTopUp, TopUpFile } from '../../packages/server/src/top-ups/inspect-top-up.ts';
import { type Intervention, startProxy } from './proxy.ts';
import { buildAccount, createLog, packages, startWorld, usd } from './stripe-world.ts';

export const nowMs = Date.UTC(2026, 2, 20, 15, 45, 30);
export const secondMs = 1_000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** Longer than anybody may still be sending a charge. */
export const leaseMs = 3 * minuteMs + secondMs;

const topUps: TopUpOptions = {
  packages: [
    ...packages,
    { id: 'month', label: 'One month', price: usd(1000), credit: usd(1000), expiresAfterMonths: 1 },
  ],
  payWith: ['saved_card', 'hosted_page', 'embedded_page'],
  returnUrl: 'https://app.example/billing',
};

/** A customer who buys, and a Meterboard whose every call to Stripe passes `wire`, which a test may change at any time. */
export async function startTopUpWorld() {
  const world = await startWorld('empty', nowMs);
  const { simulator, client } = world;
  const account = await buildAccount(client);
  const customer = account.first;
  const wire: Intervention = {};
  const proxy = await startProxy(simulator, wire);
  const log = createLog();
  const fresh = sharedStore();
  let opened: Promise<OpenStore> | undefined;
  const store: Store = {
    kind: 'embedded',
    open(parts) {
      opened ??= fresh.open(parts);
      return opened;
    },
  };
  const closings: (() => Promise<void>)[] = [];

  /** A Meterboard on the same store and wire, as the same host with other options has it. */
  const host = (options: Partial<TopUpOptions> = {}) => {
    const meterboard = createMeterboard({
      stripe: {
        client: new Stripe('sk_test_wire', {
          host: proxy.host,
          port: proxy.port,
          protocol: 'http',
          telemetry: false,
          maxNetworkRetries: 0,
        }),
      },
      identify: () => null,
      nowMs: simulator.nowMs,
      logger: log.logger,
      topUps: { ...topUps, ...options },
      store,
    });
    closings.push(() => meterboard.close());
    const start = (known: object = {}, actor = 'ada') =>
      meterboard
        .createCaller({ customerId: customer, actor })
        .topUps.start({ packageId: 'credits-10', attemptId: 'attempt-0001', ...known });
    return { meterboard, start };
  };
  const { meterboard, start } = host();

  const grants = async () => (await client.billing.creditGrants.list({ customer })).data;
  const intents = async () => (await client.paymentIntents.list({ customer, limit: 100 })).data;
  const sessions = async () => (await client.checkout.sessions.list({ customer, limit: 100 })).data;
  const status = (topUpId: string) =>
    meterboard.createCaller({ customerId: customer, actor: 'ada' }).topUps.status({ topUpId });
  const pay = async (method?: string) =>
    simulator.payments.paySession((await sessions())[0]?.id ?? '', method ? { method } : {});

  return {
    ...world,
    account,
    customer,
    wire,
    log,
    host,
    meterboard,
    start,
    oneClick: (known: object = {}) => start({ payWith: 'saved_card', ...known }),
    status,
    pay,
    grants,
    intents,
    sessions,
    sweep: () => meterboard.sweep(),
    inspect: (topUpId: string) => meterboard.operate('topups.inspect', { topUpId }) as Promise<TopUpFile>,
    stuck: () => meterboard.operate('topups.stuck', {}) as Promise<StuckTopUp[]>,
    /** The tables themselves. */
    async db() {
      const open = await (opened ?? store.open({ logger: log.logger, operate: async () => null }));
      return open.db;
    },
    /** How many payments have taken money. */
    charged: async () => (await intents()).filter((intent) => intent.status === 'succeeded').length,
    /** What the customer has of grants that live, in cents. */
    async given() {
      const nowSec = simulator.nowMs() / 1000;
      return (await grants())
        .filter(({ voided_at, expires_at }) => voided_at === null && (expires_at ?? nowSec + 1) > nowSec)
        .reduce((sum, { amount }) => sum + (amount.monetary?.value ?? 0), 0);
    },
    /** Keeps a card as the customer's default. */
    async saveCard() {
      const { id } = await client.paymentMethods.attach('pm_card_visa', { customer });
      await client.customers.update(customer, { invoice_settings: { default_payment_method: id } });
      return id;
    },
    /** A purchase that is paid and credited. */
    async buy(known: object = {}) {
      const { topUpId } = await start(known);
      const { paymentIntent } = await pay();
      await status(topUpId);
      return { topUpId, paymentIntent: paymentIntent ?? '' };
    },
    /** Leaves the customer no room for another grant; answers the ids of those that take it. */
    async fillGrants() {
      const ids: string[] = [];
      for (let n = 0; n < 100; n += 1) {
        const { id } = await client.billing.creditGrants.create({
          customer,
          amount: { type: 'monetary', monetary: { currency: 'usd', value: 1 } },
          applicability_config: { scope: { price_type: 'metered' } },
        });
        ids.push(id);
      }
      return ids;
    },
    async close() {
      for (const end of closings) await end();
      proxy.close();
      await world.close();
    },
  };
}

export type TopUpWorld = Awaited<ReturnType<typeof startTopUpWorld>>;

/** What waits until it is opened. */
export function createGate() {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  return { open, opened };
}

/** Whether a request makes a payment of a saved card, a payment page or a grant. */
const makes = (path: string) => (request: IncomingMessage) =>
  request.method === 'POST' && request.url === path;
export const isCharge = makes('/v1/payment_intents');
export const isPage = makes('/v1/checkout/sessions');
export const isGrant = makes('/v1/billing/credit_grants');

/**
 * Holds the first such request on its way until `release()`, as a client that repeats itself does; `arrived` tells that it is held.
 * Later ones pass, or end as `next` says. `keys` are the keys of them all.
 */
export function holdFirst(
  wire: Intervention,
  isMeant: (request: IncomingMessage) => boolean,
  next: (count: number) => number | undefined = () => undefined,
) {
  const arrival = createGate();
  const gate = createGate();
  const keys: string[] = [];
  wire.beforeEffect = (request) => {
    if (!isMeant(request)) return undefined;
    keys.push(keyOf(request));
    if (keys.length > 1) return next(keys.length);
    arrival.open();
    return gate.opened.then(() => undefined);
  };
  return {
    arrived: arrival.opened,
    release: () => gate.open(),
    keys,
    /** Loses the answers to all requests under the first key: the SDK sends one anew whose connection broke. */
    loseItsAnswer() {
      wire.afterEffect = (request) => (isMeant(request) && keyOf(request) === keys[0] ? 0 : undefined);
    },
  };
}

/** Loses each such request before it has an effect, until `stop()`. `keys` are the keys of them all. */
export function lose(wire: Intervention, isMeant: (request: IncomingMessage) => boolean) {
  const keys: string[] = [];
  let isOver = false;
  wire.beforeEffect = (request) => {
    if (!isMeant(request)) return undefined;
    keys.push(keyOf(request));
    return isOver ? undefined : 0;
  };
  return {
    keys,
    stop() {
      isOver = true;
    },
  };
}

/** The key of a request, without the purchase in it. */
function keyOf({ headers }: IncomingMessage): string {
  return String(headers['idempotency-key']).replace(/^[^:]*:/, '');
}
