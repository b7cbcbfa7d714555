import { expect, it } from 'vitest';
import { describeStores, type TestStore } from '../../packages/server/src/testing/describe-stores.ts';
import { buildAccount, startWorld } from '../integration/stripe-world.ts';
import { secret, untilHandled } from './deliveries.ts';
import { standingsOf } from './histories.ts';

const nowMs = Date.UTC(2026, 2, 20, 15, 45, 30);
const hourMs = 3_600_000;

/** What happens to the purchases of a day, in turn. */
const fates = [
  'paid',
  'debited',
  'refunded',
  'partly refunded',
  'disputed',
  'won back',
  'left alone',
] as const;

async function standings(
  store: TestStore,
  world: Awaited<ReturnType<typeof startWorld>>,
  customerId: string,
) {
  const found = await standingsOf(world.client, store.db, customerId);
  return found.toSorted((a, b) => a.topUpId.localeCompare(b.topUpId));
}

describeStores('a day without events', (store) => {
  it('S2-7, R3: is made up for by one sweep, and the late ones change nothing', {
    timeout: 120_000,
  }, async () => {
    const world = await startWorld('empty', nowMs, {
      store: store.asStore(),
      webhooks: { secrets: [secret] },
    });
    const { simulator, client, meterboard } = world;
    try {
      const { first: customerId } = await buildAccount(client);
      const caller = meterboard.createCaller({ customerId });
      const buy = async (attemptId: string, method: string) => {
        const { topUpId } = await caller.topUps.start({ packageId: 'credits-10', attemptId });
        const [session] = (await client.checkout.sessions.list({ customer: customerId, limit: 1 })).data;
        if (method === '') return { topUpId, intent: '' };
        const { paymentIntent } = await simulator.payments.paySession(session?.id ?? '', { method });
        return { topUpId, intent: paymentIntent ?? '' };
      };
      await meterboard.start();

      // Bought and credited before the outage; what comes back of it is told by nothing but events.
      const before = [];
      for (const fate of ['refunded', 'disputed', 'won back', 'partly refunded'] as const)
        before.push({ fate, ...(await buy(`before-${fate.replace(' ', '-')}`, 'pm_card_visa')) });
      for (const { topUpId } of before) await caller.topUps.status({ topUpId });
      await meterboard.sweep();

      const lossOf = async (intent: string, fate: (typeof fates)[number]) => {
        if (fate === 'refunded') await client.refunds.create({ payment_intent: intent });
        if (fate === 'partly refunded') await client.refunds.create({ payment_intent: intent, amount: 400 });
        if (fate === 'disputed' || fate === 'won back') {
          const dispute = await simulator.payments.openDispute(intent, { kind: 'fraudulent' });
          if (fate === 'won back') await simulator.payments.decideDispute(dispute.id, 'won');
        }
      };
      for (const [hour, fate] of fates.entries()) {
        const method =
          fate === 'left alone' ? '' : fate === 'debited' ? 'pm_usBankAccount_success' : 'pm_card_visa';
        const { intent } = await buy(`during-${hour}-x`, method);
        await simulator.advance(3 * hourMs);
        await lossOf(intent, fate);
        const earlier = before[hour];
        if (earlier) await lossOf(earlier.intent, earlier.fate);
      }
      await simulator.advance(4 * hourMs);
      const start = await standings(store, world, customerId);
      expect(start.filter(({ state }) => state === 'granted')).toHaveLength(before.length);

      await meterboard.sweep();
      expect(await untilHandled(store, 60_000)).toBe(0);
      const end = await standings(store, world, customerId);
      const ratioOf = (found: typeof end) =>
        found.reduce((sum, { liveMinor }) => sum + liveMinor, 0) /
        found.reduce((sum, { worthMinor }) => sum + worthMinor, 0);
      expect(ratioOf(start)).not.toBe(1);
      for (const standing of end)
        expect(standing.liveMinor, JSON.stringify(standing)).toBe(standing.worthMinor + 0);

      let late = 0;
      const answers: number[] = [];
      for await (const event of client.events.list({ limit: 100 })) {
        const payload = JSON.stringify(event);
        const timestamp = Math.floor(simulator.nowMs() / 1000);
        const signature = client.webhooks.generateTestHeaderString({ payload, secret, timestamp });
        const { status } = await meterboard.handler(
          new Request('https://app.example/api/meterboard/webhooks/stripe', {
            method: 'POST',
            headers: { 'stripe-signature': signature, 'content-type': 'application/json' },
            body: payload,
          }),
        );
        answers.push(status);
        late += 1;
      }
      expect(new Set(answers)).toEqual(new Set([200]));
      expect(await untilHandled(store, 60_000)).toBe(0);
      expect(await standings(store, world, customerId)).toEqual(end);
      console.log(
        `R3 credited ÷ worth = ${ratioOf(end).toFixed(6)} after one sweep, ${ratioOf(start).toFixed(2)} before it (${store.kind}, ${end.length} purchases, ${late} late events changed nothing)`,
      );
    } finally {
      await world.close();
    }
  });
});
