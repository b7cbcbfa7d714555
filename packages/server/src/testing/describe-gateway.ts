import { BillingError, type Money } from '@meterboard/contract';
import type { BillingGateway, NewCheckout, UsageWindow } from '../gateway.ts';

/** The parts of a test runner that the suite uses: vitest's and jest's fit. */
export interface TestTools {
  describe(name: string, body: () => void): void;
  it(name: string, body: () => Promise<void>): void;
  expect(actual: unknown): { toEqual(expected: unknown): void };
}

/** A gateway over a world of its own, made anew for each test. */
export interface GatewayUnderTest {
  gateway: BillingGateway;
  /** Has a live subscription with one item on the meter, one credit grant and at least two invoices. */
  customerId: string;
  /** Known, without usage. */
  otherCustomerId: string;
  unknownCustomerId: string;
  /** A `sum` meter. */
  eventName: string;
  nowMs: number;
  /** Resolves once the event can be read. */
  report(event: { customerId: string; quantity: string; atMs: number }): Promise<void>;
  close(): Promise<void>;
}

const hourMs = 3_600_000;
const price: Money = { amountMinor: 1000, currency: 'usd' };

/**
 * The contract of `BillingGateway` as a test suite: `describeGateway('mine', createWorld, { describe, it, expect })`.
 * A gateway that passes works with every procedure.
 */
export function describeGateway(
  name: string,
  create: () => Promise<GatewayUnderTest>,
  { describe, it, expect }: TestTools,
): void {
  const check = (rule: string, body: (world: GatewayUnderTest) => Promise<void>) =>
    it(rule, async () => {
      const world = await create();
      try {
        await body(world);
      } finally {
        await world.close();
      }
    });

  describe(`${name} as a billing gateway`, () => {
    check('lists the meter with its formula', async ({ gateway, eventName }) => {
      const found = (await gateway.listMeters()).find((meter) => meter.eventName === eventName);
      expect([found?.aggregation, found?.active]).toEqual(['sum', true]);
    });

    check('counts an event at the start of a window and not one at its end', async (world) => {
      const hours = await openHours(world);
      await world.report({ customerId: world.customerId, quantity: '3', atMs: hours.startMs });
      await world.report({ customerId: world.customerId, quantity: '5', atMs: hours.endMs });
      for (const grouping of ['hour', 'none'] as const) {
        const rows = await readUsage(world, world.customerId, { ...hours, grouping });
        expect(rows.map(({ quantity }) => quantity)).toEqual(['3']);
      }
    });

    check('answers hours in order and leaves empty ones out', async (world) => {
      const { startMs, endMs } = await openHours(world);
      await world.report({ customerId: world.customerId, quantity: '2', atMs: endMs - 1000 });
      await world.report({ customerId: world.customerId, quantity: '1.5', atMs: startMs + 1000 });
      const rows = await readUsage(world, world.customerId, { startMs, endMs, grouping: 'hour' });
      expect(rows).toEqual([
        { startMs, endMs: startMs + hourMs, quantity: '1.5' },
        { startMs: endMs - hourMs, endMs, quantity: '2' },
      ]);
    });

    check("never counts another customer's usage", async (world) => {
      const hours = await openHours(world);
      await world.report({ customerId: world.customerId, quantity: '7', atMs: hours.startMs });
      expect(await readUsage(world, world.otherCustomerId, { ...hours, grouping: 'hour' })).toEqual([]);
    });

    check('describes the subscription that bills the meter', async (world) => {
      const { subscription, item } = await findBilling(world);
      expect(subscription.live).toEqual(true);
      expect([item.period.startMs <= world.nowMs, world.nowMs < item.period.endMs]).toEqual([true, true]);
      const { meterId, priceId, currency } = await world.gateway.getPrice(item.priceId);
      expect({ meterId, priceId, currency }).toEqual({
        meterId: item.meterId,
        priceId: item.priceId,
        currency: subscription.currency,
      });
    });

    check('does not know an unknown customer', async ({ gateway, unknownCustomerId }) => {
      expect(await codeOf(gateway.listSubscriptions(unknownCustomerId))).toEqual('customer_not_found');
      const query = { customerId: unknownCustomerId, limit: 10, cursor: null };
      expect(await codeOf(gateway.listInvoices(query))).toEqual('customer_not_found');
    });

    check('has a ledger whose entries all belong to a grant', async ({ gateway, customerId }) => {
      const grants = await gateway.listCreditGrants(customerId);
      const ledger = await gateway.listCreditTransactions(customerId);
      expect([grants.length > 0, ledger.length > 0]).toEqual([true, true]);
      const known = new Set(grants.map(({ grantId }) => grantId));
      expect(ledger.filter(({ grantId }) => !known.has(grantId))).toEqual([]);
    });

    check("previews the subscription's next invoice up to its period end", async (world) => {
      const { subscription, item } = await findBilling(world);
      const { subscriptionId, currency } = subscription;
      const preview = await world.gateway.previewInvoice({ customerId: world.customerId, subscriptionId });
      expect(
        preview && [preview.kind, preview.subscriptionId, preview.currency, preview.periodEndMs],
      ).toEqual(['preview', subscriptionId, currency, item.period.endMs]);
      const lines = preview?.lines.filter(({ priceId }) => priceId === item.priceId) ?? [];
      expect([lines.length > 0, lines.every(({ meterId }) => meterId === item.meterId)]).toEqual([
        true,
        true,
      ]);
    });

    check('pages through invoices, newest first, and refuses a foreign cursor', async (world) => {
      const { gateway, customerId, otherCustomerId } = world;
      const first = await gateway.listInvoices({ customerId, limit: 1, cursor: null });
      const second = await gateway.listInvoices({ customerId, limit: 1, cursor: first.nextCursor });
      const all = await gateway.listInvoices({ customerId, limit: 100, cursor: null });
      expect(all.nextCursor).toEqual(null);
      expect([...first.items, ...second.items]).toEqual(all.items.slice(0, 2));
      const times = all.items.map(({ createdAtMs }) => createdAtMs);
      expect(times).toEqual(times.toSorted((a, b) => b - a));
      const foreign = { customerId: otherCustomerId, limit: 1, cursor: first.nextCursor };
      expect(await codeOf(gateway.listInvoices(foreign))).toEqual('not_found');
    });

    check('makes one payment per key, and only its customer finds it', async (world) => {
      const topUps = world.gateway.topUps;
      if (!topUps) return;
      const { customerId, otherCustomerId } = world;
      const checkout = newCheckout(customerId);
      const made = await topUps.createCheckout(checkout);
      expect(await topUps.createCheckout(checkout)).toEqual(made);
      expect(await codeOf(topUps.createCheckout({ ...checkout, label: 'Other words' }))).toEqual('conflict');
      const { topUpId, n } = checkout;
      const find = (owner: string, sinceMs = 0) =>
        topUps.findPayments({ customerId: owner, topUpId, kind: 'checkout', sinceMs });
      const { paymentId } = made;
      expect(await find(customerId)).toEqual([{ topUpId, n, kind: 'checkout', paymentId }]);
      expect(await find(customerId, made.createdAtMs + 1000)).toEqual([]);
      expect(await find(otherCustomerId)).toEqual([]);
      const read = (owner: string) => topUps.getPayment({ customerId: owner, kind: 'checkout', paymentId });
      expect(await read(customerId)).toEqual(made);
      expect(await codeOf(read(otherCustomerId))).toEqual('not_found');
      expect([made.state, made.asked, made.noted, made.charge]).toEqual([
        'open',
        price,
        { price, credit: price },
        null,
      ]);
      expect(await topUps.findTopUpOf(paymentId)).toEqual(topUpId);
    });

    check('closes a payment so that it cannot be paid', async (world) => {
      const topUps = world.gateway.topUps;
      if (!topUps) return;
      const { customerId, otherCustomerId } = world;
      const { paymentId } = await topUps.createCheckout(newCheckout(customerId));
      const close = (owner: string) =>
        topUps.closePayment({ customerId: owner, kind: 'checkout', paymentId });
      expect(await codeOf(close(otherCustomerId))).toEqual('not_found');
      const states = [await close(customerId), await close(customerId)].map(({ state, url }) => [state, url]);
      expect(states).toEqual([
        ['expired', null],
        ['expired', null],
      ]);
    });

    check('makes one grant per key, lists it with its owner, and takes it back', async (world) => {
      const topUps = world.gateway.topUps;
      if (!topUps) return;
      const { customerId, otherCustomerId } = world;
      const grant = {
        customerId,
        ownerId: 'tu_contract',
        generation: 2,
        name: 'Ten',
        amount: price,
        category: 'paid' as const,
        priority: 40,
        expiresAtMs: null,
        idempotencyKey: 'grant:tu_contract',
      };
      const [made, again] = await Promise.all([topUps.createGrant(grant), topUps.createGrant(grant)]);
      expect(again).toEqual(made);
      expect([made.owner, made.priority]).toEqual([{ ownerId: 'tu_contract', generation: 2 }, 40]);
      const listed = await world.gateway.listCreditGrants(customerId);
      expect(listed.filter(({ owner }) => owner?.ownerId === grant.ownerId)).toEqual([made]);
      const { grantId } = made;
      expect(
        await codeOf(topUps.endGrant({ customerId: otherCustomerId, grantId, nowMs: world.nowMs })),
      ).toEqual('not_found');
      await topUps.endGrant({ customerId, grantId, nowMs: world.nowMs });
      await topUps.endGrant({ customerId, grantId, nowMs: world.nowMs });
      const ledger = await world.gateway.listCreditTransactions(customerId);
      const left = ledger
        .filter((entry) => entry.grantId === grantId)
        .reduce((sum, { signedMinor }) => sum + signedMinor, 0);
      expect(left).toEqual(0);
    });
  });
}

async function readUsage(world: GatewayUnderTest, customerId: string, window: UsageWindow) {
  const { meterId } = await findMeter(world);
  return world.gateway.listUsage({ meterId, customerId, window });
}

async function findMeter({ gateway, eventName }: GatewayUnderTest) {
  const found = (await gateway.listMeters()).find((meter) => meter.eventName === eventName);
  if (!found) throw new Error(`the world has no meter ${eventName}`);
  return found;
}

async function findBilling(world: GatewayUnderTest) {
  const { meterId } = await findMeter(world);
  for (const subscription of await world.gateway.listSubscriptions(world.customerId)) {
    const item = subscription.items.find((candidate) => candidate.meterId === meterId);
    if (item) return { subscription, item };
  }
  throw new Error(`no subscription of ${world.customerId} bills ${world.eventName}`);
}

/** Three whole hours that lie behind now, without events of the world's own. */
async function openHours(world: GatewayUnderTest): Promise<{ startMs: number; endMs: number }> {
  const endMs = Math.floor(world.nowMs / hourMs) * hourMs - hourMs;
  const hours = { startMs: endMs - 3 * hourMs, endMs };
  const before = await readUsage(world, world.customerId, {
    ...hours,
    endMs: endMs + hourMs,
    grouping: 'hour',
  });
  if (before.length > 0)
    throw new Error('the world must have no events in the four hours before the current one');
  return hours;
}

/** The code of an expected rejection; anything else is not what the contract allows. */
async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'resolved';
  } catch (error) {
    if (error instanceof BillingError) return error.code;
    throw error;
  }
}

function newCheckout(customerId: string): NewCheckout {
  return {
    customerId,
    topUpId: 'tu_contract',
    n: 1,
    label: 'Ten',
    price,
    credit: price,
    isEmbedded: false,
    successUrl: 'https://app.example/billing?done=1',
    cancelUrl: 'https://app.example/billing',
    automaticTax: false,
    promotionCodes: false,
    invoice: false,
    offerToSaveCard: false,
    idempotencyKey: 'payment:tu_contract',
  };
}
