import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PGlite } from '@electric-sql/pglite';
import type { MeterboardRouter } from '@meterboard/server';
import { createSimulator } from '@meterboard/stripe-simulator';
import { createTRPCClient, httpLink } from '@trpc/client';
import pg from 'pg';
import Stripe from 'stripe';
import { buildAccount } from '../integration/stripe-world.ts';
import type { Random } from './chance.ts';
import type { CrashOrder } from './crash-child.ts';
import { audit, secret } from './deliveries.ts';
import { startFront, startGate } from './gates.ts';

const nowMs = Date.UTC(2026, 2, 20, 15, 45, 30);
const hourMs = 3_600_000;

/** At which moment the process is killed: all named calls at once, an event just stored, or any. */
export type Moment = 'before' | 'after' | 'stored' | 'random';

/** The calls at which the process is killed, five of five purchases with one stroke. */
export const steps = ['checkout create', 'charge create', 'grant create', 'void', 'get payment'] as const;

/** A simulated Stripe, and a Meterboard in a process of its own that is killed and started again. */
export async function startCrashWorld(store: CrashOrder['store'], random: Random, { isBroken = false } = {}) {
  const simulator = await createSimulator({ nowMs, frozen: true });
  const { host, port } = simulator;
  const settings = { protocol: 'http', telemetry: false, maxNetworkRetries: 0 } as const;
  const client = new Stripe('sk_test_crashes', { host, port, ...settings });
  const gate = await startGate(simulator);
  let child: { process: ChildProcess; port: number } | null = null;
  const front = await startFront(() => child && { host: '127.0.0.1', port: child.port });
  const basePath = `http://127.0.0.1:${front.port}/api/meterboard`;
  const events = ['checkout.session.completed', 'charge.refunded'] as const;
  simulator.webhooks.forward({ url: `${basePath}/webhooks/stripe`, secret, events: [...events] });
  simulator.webhooks.configure({ concurrency: 'concurrent' });
  const { priceId, first } = await buildAccount(client);
  const everyone = [first];

  const world = {
    async start(): Promise<void> {
      const stripe = { host: gate.host, port: gate.port };
      const order: CrashOrder = { store, stripe, secret, nowMs: simulator.nowMs(), isBroken };
      const started = fork(join(import.meta.dirname, 'crash-child.ts'), [JSON.stringify(order)], {
        execArgv: ['--conditions=@meterboard/source', '--disable-warning=ExperimentalWarning'],
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      const told = await new Promise<{ port: number }>((resolve, reject) => {
        started.once('message', (message) => resolve(message as { port: number }));
        started.once('exit', (code) => reject(new Error(`The process ended with ${code}.`)));
      });
      child = { process: started, port: told.port };
    },
    async kill(): Promise<void> {
      const killed = child?.process;
      child = null;
      if (!killed || killed.exitCode !== null || killed.signalCode !== null) return;
      const ended = new Promise((resolve) => killed.once('exit', resolve));
      killed.kill('SIGKILL');
      await ended;
    },
    async advance(ms: number): Promise<void> {
      await simulator.advance(ms);
      child?.process.send({ nowMs: simulator.nowMs() });
    },
    async customer({ hasCard = false } = {}): Promise<string> {
      const { id } = await client.customers.create({ name: 'somebody' });
      await client.subscriptions.create({ customer: id, items: [{ price: priceId }] });
      if (hasCard) {
        const card = await client.paymentMethods.attach('pm_card_visa', { customer: id });
        await client.customers.update(id, { invoice_settings: { default_payment_method: card.id } });
      }
      everyone.push(id);
      return id;
    },
    /** As a browser does it; the answer may never come. */
    buy: (customerId: string, payWith: 'saved_card' | 'hosted_page') =>
      createTRPCClient<MeterboardRouter>({
        links: [httpLink({ url: `${basePath}/trpc`, headers: { 'x-customer': customerId } })],
      }).topUps.start.mutate({ packageId: 'credits-10', attemptId: 'attempt-of-one', payWith }),
    async pay(customerId: string): Promise<string> {
      const { data } = await client.checkout.sessions.list({ customer: customerId, status: 'open' });
      if (data.length !== 1) throw new Error(`${customerId} has ${data.length} open pages.`);
      const { paymentIntent } = await simulator.payments.paySession(data[0]?.id ?? '');
      return paymentIntent ?? '';
    },
    refund: (intent: string) => client.refunds.create({ payment_intent: intent }),
    /** Resolves when everybody has what was paid for, whatever it takes; rejects with what is still wrong. */
    async settled(paidMinor: number, customers: readonly string[] = everyone): Promise<void> {
      const deadline = Date.now() + 60_000;
      for (;;) {
        const found = await audit(client, customers);
        if (found.wrong.length === 0 && found.paidMinor === paidMinor) return;
        if (Date.now() > deadline)
          throw new Error(`${found.paidMinor} of ${paidMinor} paid; ${found.wrong.join('; ')}`);
        await sleep(100);
      }
    },
    audit: () => audit(client, everyone),
    async close(): Promise<void> {
      await world.kill();
      gate.close();
      front.close();
      await simulator.close();
    },
  };

  /** Five purchases are under way, the process is killed, and another one finishes what was begun. `waits`: also for the silence after which the dead one is given up. */
  async function round(moment: Moment, { waits = false } = {}): Promise<void> {
    const [page, click, granted, refunded, asked] = await Promise.all([
      world.customer(),
      world.customer({ hasCard: true }),
      world.customer(),
      world.customer(),
      world.customer(),
    ]);
    const all = [page, click, granted, refunded, asked];
    await Promise.all([granted, refunded, asked].map((customer) => world.buy(customer, 'hosted_page')));
    const intent = await world.pay(refunded);
    await world.settled(1000, [refunded]);
    const { data: grants } = await client.billing.creditGrants.list({ customer: refunded });
    const { data: pages } = await client.checkout.sessions.list({ customer: asked });

    const reached: Promise<void>[] = [];
    if (moment === 'before' || moment === 'after') {
      const post = (path: RegExp) => gate.hold({ method: 'POST', path, when: moment });
      reached.push(
        post(/\/checkout\/sessions$/),
        post(/\/payment_intents$/),
        post(/\/credit_grants$/),
        post(new RegExp(`/${grants[0]?.id}/void$`)),
        gate.hold({ method: 'GET', path: new RegExp(`/sessions/${pages[0]?.id}$`), when: moment }),
      );
    } else if (moment === 'stored') {
      reached.push(new Promise((resolve) => front.whenStored(() => void world.kill().then(resolve))));
    } else reached.push(sleep(random() * 1_500));

    const ignore = () => undefined;
    const underWay = [
      world.buy(page, 'hosted_page').catch(ignore),
      world.buy(click, 'saved_card').catch(ignore),
      world.pay(granted),
      world.pay(asked),
      world.refund(intent),
    ];
    const late = sleep(45_000).then(() => Promise.reject(new Error(`${moment}: not every step was reached`)));
    late.catch(ignore);
    await Promise.race([Promise.all(reached), late]);
    await world.kill();
    front.whenStored(undefined);
    gate.open();
    await Promise.all(underWay);

    await world.advance(hourMs);
    if (!waits) await skipSilence(store);
    await world.start();
    // Without help: what is paid is credited, what came back is taken back.
    const paidByCard = async () => (await audit(client, [click])).paidMinor;
    await world.settled(2000, [granted, refunded, asked]);
    await world.settled(await paidByCard(), [click]);
    // Whoever got no answer clicks again, and still buys once.
    await Promise.all([world.buy(page, 'hosted_page'), world.buy(click, 'saved_card')]);
    const { data: open } = await client.checkout.sessions.list({ customer: page, status: 'open' });
    if (open.length > 0) await world.pay(page);
    await world.settled(4000, all);
  }

  return Object.assign(world, { round });
}

/** A killed worker's job is taken up after 20 s of silence, found at one of the looks every 15 s: both are made to have passed. */
async function skipSilence(store: CrashOrder['store']): Promise<void> {
  const statements = [
    "update meterboard_jobs.job set heartbeat_on = heartbeat_on - interval '21 s' where state = 'active'",
    'update meterboard_jobs.queue set monitor_claim_on = null, monitor_on = null',
  ];
  if ('folder' in store) {
    const pglite = await PGlite.create(join(store.folder, 'database'));
    for (const statement of statements) await pglite.query(statement);
    await pglite.close();
    return;
  }
  const client = new pg.Client(store);
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}
