import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TopUpStartInput } from '@meterboard/contract';
import type { MeterboardRouter } from '@meterboard/server';
import { createSimulator } from '@meterboard/stripe-simulator';
import { createTRPCClient, httpLink } from '@trpc/client';
import Stripe from 'stripe';
import { startProxy } from '../../integration/proxy.ts';
import { judgeBooks, type StoreBooks } from '../stage/judge.ts';
import { snapshotSecret } from '../stage/offer.ts';
import { buildAccount, stageNowMs } from '../stage/stage.ts';
import { createHostProcesses, type HostProcess } from './host-process.ts';
import { startRelay } from './relay.ts';
import type { KillStep } from './steps.ts';

/** What the kit asks the provider to send, as far as purchases go. */
const eventTypes = [
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'payment_intent.succeeded',
  'charge.refunded',
  'refund.created',
  'refund.updated',
  'refund.failed',
];

export type TheatreStore = 'embedded' | { connectionString: string };

/**
 * A simulator, and hosts in processes of their own that can be killed at any step; customers reach them at an address that stays, and
 * Stripe delivers there. Time is the simulator's: the hosts are told.
 */
export async function startTheatre(
  kind: TheatreStore,
  { customers, seed, isSabotaged = false }: { customers: number; seed: number; isSabotaged?: boolean },
) {
  const simulator = await createSimulator({ nowMs: stageNowMs, frozen: true, seed: `proof-${seed}` });
  simulator.webhooks.configure({ concurrency: 'concurrent', retries: 'live' });
  const client = new Stripe('sk_test_proof', {
    host: simulator.host,
    port: simulator.port,
    protocol: 'http',
    telemetry: false,
    maxNetworkRetries: 0,
  });
  const account = await buildAccount(client, customers);
  const customerIds = account.customers.map(({ id }) => id);
  const relay = await startRelay();
  simulator.webhooks.forward({
    url: `${relay.url}/webhooks/stripe`,
    secret: snapshotSecret,
    events: eventTypes,
  });
  const folder = kind === 'embedded' ? mkdtempSync(join(tmpdir(), 'meterboard-proof-')) : null;
  const processes = createHostProcesses();
  const hosts = new Set<HostProcess>();

  let killing: KillStep['call'] | null = null;
  const killAt = (when: 'before' | 'after') => (request: { method?: string; url?: string }) => {
    const isIt = killing?.when === when && request.method === 'POST' && killing.path.test(request.url ?? '');
    if (!isIt) return undefined;
    killing = null;
    for (const host of hosts) host.kill();
    return 500;
  };
  const proxy = await startProxy(simulator, { beforeEffect: killAt('before'), afterEffect: killAt('after') });

  const lead = () => relay.lead([...hosts].map(({ port }) => port));

  const theatre = {
    simulator,
    client,
    account,
    customerIds,
    hosts,
    async startHost(): Promise<HostProcess> {
      const host = await processes.start({
        store: folder === null ? (kind as { connectionString: string }) : { folder },
        stripe: { host: proxy.host, port: proxy.port },
        nowMs: simulator.nowMs(),
        isSabotaged,
      });
      hosts.add(host);
      void host.ended.then(() => {
        hosts.delete(host);
        lead();
      });
      lead();
      return host;
    },
    /** From now on a host ends at this step. */
    async arm(host: HostProcess, { statement, call }: Pick<KillStep, 'statement' | 'call'>): Promise<void> {
      killing = call ?? null;
      await host.ask({ ask: 'arm', point: statement ?? null });
    },
    disarm() {
      killing = null;
    },
    /** Of a customer's browser. */
    browser: (customerId: string) =>
      createTRPCClient<MeterboardRouter>({
        links: [httpLink({ url: `${relay.url}/trpc`, headers: { 'x-customer': customerId } })],
      }),
    /** A click, and what the browser does about it when the connection is lost: nothing. */
    async click(customerId: string, input: TopUpStartInput) {
      return theatre
        .browser(customerId)
        .topUps.start.mutate(input)
        .catch(() => null);
    },
    async advance(ms: number): Promise<void> {
      await simulator.advance(ms);
      await Promise.all(
        [...hosts].map((host) => host.ask({ ask: 'time', nowMs: simulator.nowMs() }).catch(() => null)),
      );
    },
    /** What Stripe, the store and the audit say now. */
    async judge(host: HostProcess) {
      return judgeBooks(
        client,
        customerIds,
        (await host.ask({ ask: 'books' })) as StoreBooks,
        simulator.nowMs(),
      );
    },
    async close() {
      await processes.stop();
      relay.close();
      proxy.close();
      await simulator.close();
      if (folder) rmSync(folder, { recursive: true, force: true });
    },
  };
  return theatre;
}

export type Theatre = Awaited<ReturnType<typeof startTheatre>>;

const minuteMs = 60_000;

/** So long a host that was started again may take, by the simulator's clock. */
export const settleBoundMs = 6 * 60 * minuteMs;

/**
 * Lets time pass until nothing is left to do and the purchase is where it should be: Stripe delivers again, jobs fall due, and the
 * sweep runs as often as its schedule says. Answers how much of the clock it took; rejects after six hours of it.
 */
export async function settle(
  { simulator, advance }: Theatre,
  host: HostProcess,
  isThere: () => Promise<boolean>,
): Promise<number> {
  const startedMs = simulator.nowMs();
  for (;;) {
    await simulator.webhooks.settled();
    for (let looks = 0; Number(await host.ask({ ask: 'open count' })) > 0; looks += 1) {
      if (looks > 10_000) throw new Error('The queue does not get done.');
      if (looks % 5 === 0) await host.ask({ ask: 'hurry' });
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
    if (await isThere()) return simulator.nowMs() - startedMs;
    if (simulator.nowMs() - startedMs > settleBoundMs) throw new Error('It does not settle by itself.');
    await advance(5 * minuteMs);
    await host.ask({ ask: 'sweep' });
  }
}
