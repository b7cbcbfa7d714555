import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMeterboard } from '@meterboard/server';
import { toNodeHandler } from '@meterboard/server/node';
import { createSimulator } from '@meterboard/stripe-simulator';
import Stripe from 'stripe';
import { expect, it } from 'vitest';
import { describeStores } from '../../packages/server/src/testing/describe-stores.ts';
import { buildAccount, createLog, grantCredits, packages } from './stripe-world.ts';

const nowMs = Date.parse('2026-11-26T09:30:00Z');
const secrets = ['whsec_of_snapshots', 'whsec_of_thin_events'] as const;

describeStores('events of a purchase', (store) => {
  async function startApp() {
    const simulator = await createSimulator({ nowMs, frozen: true });
    const client = new Stripe('sk_test_events', {
      host: simulator.host,
      port: simulator.port,
      protocol: 'http',
      telemetry: false,
      maxNetworkRetries: 0,
    });
    const account = await buildAccount(client);
    const log = createLog();
    const meterboard = createMeterboard({
      stripe: { client },
      identify: () => ({ customerId: account.first }),
      nowMs: simulator.nowMs,
      logger: log.logger,
      topUps: { packages, returnUrl: 'https://app.example/billing' },
      webhooks: { secrets },
      store: store.asStore(),
    });
    const nodeHandler = toNodeHandler(meterboard);
    const server = createServer((message, response) => void nodeHandler(message, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/meterboard/webhooks/stripe`;
    const caller = meterboard.createCaller({ customerId: account.first });
    return {
      simulator,
      client,
      customer: account.first,
      meterboard,
      log,
      listen() {
        simulator.webhooks.forward({ url, secret: secrets[0] });
        simulator.webhooks.forward({ url, secret: secrets[1], payload: 'thin' });
      },
      async buy(attemptId: string) {
        const { url: page } = await caller.topUps.start({ packageId: 'credits-10', attemptId });
        await fetch(page ?? '', { method: 'POST', redirect: 'manual' });
      },
      async remaining() {
        const { balances } = await caller.credits.balance();
        return balances.map(({ remaining }) => remaining.amountMinor);
      },
      async [Symbol.asyncDispose]() {
        await meterboard.close({ timeoutMs: 2_000 });
        await simulator.close();
        server.closeAllConnections();
        server.close();
      },
    };
  }

  it('S2-3: change the balance without anybody looking at the purchase', async () => {
    await using app = await startApp();
    await grantCredits(app.client, app.customer, 300);
    app.listen();
    await app.meterboard.start();
    await app.buy('attempt-1');
    await app.simulator.webhooks.settled();
    await expect.poll(app.remaining, { timeout: 15_000 }).toEqual([1300]);
  });

  it('credit it once, however they are mixed up, repeated and delivered at once', async () => {
    await using app = await startApp();
    app.simulator.webhooks.pause();
    app.listen();
    await app.buy('attempt-1');
    await app.buy('attempt-2');
    app.simulator.webhooks.configure({ order: 'shuffled', concurrency: 'concurrent' });
    app.simulator.webhooks.disturb({ action: 'duplicate', times: 1_000 });
    await app.meterboard.start();
    app.simulator.webhooks.resume();
    await app.simulator.webhooks.settled();
    const waiting = async () =>
      (await store.db.selectFrom('webhook_events').selectAll().where('state', '=', 'received').execute())
        .length;
    await expect.poll(waiting, { timeout: 20_000 }).toBe(0);
    await expect.poll(app.remaining, { timeout: 15_000 }).toEqual([2000]);
    const { data } = await app.client.billing.creditGrants.list({ customer: app.customer });
    expect(data.map(({ amount }) => amount.monetary?.value)).toEqual([1000, 1000]);
  });

  it('that were never delivered are made up for by a sweep', async () => {
    await using app = await startApp();
    await app.buy('attempt-1');
    await app.simulator.advance(3_600_000);
    await app.meterboard.start();
    await app.meterboard.sweep();
    await expect.poll(app.remaining, { timeout: 15_000 }).toEqual([1000]);
  });
});
