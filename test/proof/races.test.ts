import { toBillingError } from '@meterboard/contract';
import { createMeterboard } from '@meterboard/server';
import { expect, it } from 'vitest';
import { postgresStore } from '../../packages/server/src/store/postgres.ts';
import { describeStore } from '../../packages/server/src/testing/describe-stores.ts';
import { buildAccount, createLog, packages, startWorld } from '../integration/stripe-world.ts';
import { audit, secret, untilHandled } from './deliveries.ts';

const nowMs = Date.UTC(2026, 2, 20, 15, 45, 30);

describeStore('two Meterboards on one store', 'postgres', (store) => {
  /** Two instances with connections, jobs and provider clients of their own, as two processes have them. */
  async function startTwo() {
    const topUps = {
      packages,
      payWith: ['saved_card', 'hosted_page'] as const,
      returnUrl: 'https://app.example',
    };
    const ownStore = () => postgresStore({ connectionString: store.connectionString });
    const webhooks = { secrets: [secret] };
    const world = await startWorld('empty', nowMs, { topUps, webhooks, store: ownStore() });
    const { client, simulator } = world;
    const { first: customerId } = await buildAccount(client);
    const other = createMeterboard({
      stripe: { client },
      identify: () => null,
      nowMs: simulator.nowMs,
      logger: createLog().logger,
      topUps,
      webhooks,
      store: ownStore(),
    });
    const both = [world.meterboard, other] as const;
    await Promise.all(both.map((each) => each.start()));
    return {
      ...world,
      customerId,
      both,
      callers: both.map((each) => each.createCaller({ customerId })),
      /** Sends every event to both at once. */
      async deliverAll() {
        const sends: Promise<Response>[] = [];
        for await (const event of client.events.list({ limit: 100 })) {
          const payload = JSON.stringify(event);
          const timestamp = Math.floor(simulator.nowMs() / 1000);
          const signature = client.webhooks.generateTestHeaderString({ payload, secret, timestamp });
          const headers = { 'stripe-signature': signature, 'content-type': 'application/json' };
          const url = 'https://app.example/api/meterboard/webhooks/stripe';
          for (const { handler } of both)
            sends.push(handler(new Request(url, { method: 'POST', headers, body: payload })));
        }
        return Promise.all(sends);
      },
      async [Symbol.asyncDispose]() {
        await other.close({ timeoutMs: 2_000 });
        await world.close();
      },
    };
  }

  it('S2-9: make one payment and one credit of one purchase', { timeout: 60_000 }, async () => {
    await using app = await startTwo();
    const { client, customerId, simulator, callers } = app;
    const { id } = await client.paymentMethods.attach('pm_card_visa', { customer: customerId });
    await client.customers.update(customerId, { invoice_settings: { default_payment_method: id } });
    for (const payWith of ['saved_card', 'hosted_page'] as const) {
      const attempt = { packageId: 'credits-10', attemptId: `attempt-${payWith}`, payWith };
      const starts = await Promise.all(
        [...callers, ...callers].map((caller) => caller.topUps.start(attempt)),
      );
      const topUpId = starts[0]?.topUpId ?? '';
      const { data: sessions } = await client.checkout.sessions.list({
        customer: customerId,
        status: 'open',
      });
      expect(sessions.length).toBe(payWith === 'hosted_page' ? 1 : 0);
      for (const session of sessions) await simulator.payments.paySession(session.id);
      const again = () =>
        callers.flatMap(({ topUps }) => [topUps.start(attempt), topUps.status({ topUpId })]);
      await Promise.all([app.deliverAll(), ...again(), ...app.both.map((each) => each.sweep())]);
    }
    expect(await untilHandled(store, 20_000)).toBe(0);
    const { data: intents } = await client.paymentIntents.list({ customer: customerId });
    const { data: grants } = await client.billing.creditGrants.list({ customer: customerId });
    expect(intents.map(({ status, amount }) => [status, amount])).toEqual(Array(2).fill(['succeeded', 1000]));
    expect(grants.map(({ amount }) => amount.monetary?.value)).toEqual([1000, 1000]);
    console.log(`R1 races: ${intents.length} purchases, one payment and one credit each (two Meterboards)`);
  });

  it('S2-7: make 500 of 50 purchases of 10 at once', { timeout: 60_000 }, async () => {
    await using app = await startTwo();
    const { client, customerId, callers } = app;
    const { id } = await client.paymentMethods.attach('pm_card_visa', { customer: customerId });
    await client.customers.update(customerId, { invoice_settings: { default_payment_method: id } });
    const one = async (index: number): Promise<void> => {
      const attempt = {
        packageId: 'credits-10',
        attemptId: `attempt-${index}`,
        payWith: 'saved_card' as const,
      };
      // Whoever is told that too many are open tries again, as a page does.
      for (let tries = 1; ; tries += 1) {
        try {
          await callers[(index + tries) % 2]?.topUps.start(attempt);
          return;
        } catch (error) {
          if (tries > 60 || !['top_up_disabled', 'rate_limited'].includes(toBillingError(error).code))
            throw error;
          await new Promise((resolve) => setTimeout(resolve, 100 + 20 * index));
        }
      }
    };
    const all = Promise.all(Array.from({ length: 50 }, (_, index) => one(index)));
    await all;
    await app.deliverAll();
    expect(await untilHandled(store, 30_000)).toBe(0);
    const { paidMinor, creditedMinor, wrong } = await audit(client, [customerId]);
    expect({ paidMinor, creditedMinor, wrong }).toEqual({
      paidMinor: 50_000,
      creditedMinor: 50_000,
      wrong: [],
    });
    const balance = await callers[0]?.credits.balance();
    expect(balance?.balances.map(({ remaining }) => remaining.amountMinor)).toEqual([50_000]);
    console.log(`R1 races: 50 purchases of 10 at once are ${creditedMinor / 100}`);
  });
});
