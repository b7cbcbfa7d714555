import { type BillingGateway, createStripeGateway } from '@meterboard/server';
import { describeGateway } from '@meterboard/server/testing';
import { describe, expect, it } from 'vitest';
import { noKeptWindows } from '../../packages/server/src/cache/kept-windows.ts';
import { createReadingLedger } from '../../packages/server/src/cache/reading.ts';
import { createGatewayCache } from '../../packages/server/src/gateways/cached.ts';
import { buildAccount, grantCredits, startWorld } from './stripe-world.ts';

const startMs = Date.UTC(2026, 0, 5, 9, 30, 15);
const dayMs = 86_400_000;

/** As each request sees it: through a view of its own on one memory. */
function remembering(gateway: BillingGateway, nowMs: () => number) {
  const cache = createGatewayCache({
    gateway,
    settings: { freshMs: 30_000, graceMs: 0, keepMs: 60_000, maxBytes: 10_000_000 },
    kept: noKeptWindows,
    stretch: () => 1,
    onInvalidated: () => undefined,
    nowMs,
  });
  const direct = gateway.topUps ? { ...gateway, topUps: cache.watchTopUps(gateway.topUps) } : gateway;
  const open = () => cache.openView(null, direct).gatewaysFor(createReadingLedger()).first;
  const viewed: BillingGateway = {
    ...open(),
    listMeters: () => open().listMeters(),
    listUsage: (query) => open().listUsage(query),
    listSubscriptions: (id) => open().listSubscriptions(id),
    getPrice: (id) => open().getPrice(id),
    listCreditGrants: (id) => open().listCreditGrants(id),
    listCreditTransactions: (id) => open().listCreditTransactions(id),
    listDrafts: (id) => open().listDrafts(id),
    previewInvoice: (query) => open().previewInvoice(query),
    listInvoices: (query) => open().listInvoices(query),
  };
  return { gateway: viewed, touch: () => cache.invalidate({}) };
}

const untouched = (gateway: BillingGateway) => ({ gateway, touch: () => undefined });

describe.each([
  ['Stripe through its SDK', untouched],
  ['Stripe, remembered', remembering],
] as const)('%s', (name, wrap) =>
  describeGateway(
    name,
    async () => {
      const world = await startWorld('empty', startMs);
      const { client, simulator } = world;
      const { first, second } = await buildAccount(client);
      await grantCredits(client, first, 5000);
      await simulator.advance(70 * dayMs);
      const { gateway, touch } = wrap(createStripeGateway(client), simulator.nowMs);
      return {
        gateway,
        customerId: first,
        otherCustomerId: second,
        unknownCustomerId: 'cus_unknown',
        eventName: 'api_calls',
        nowMs: simulator.nowMs(),
        async report({ customerId, quantity, atMs }) {
          await client.billing.meterEvents.create({
            event_name: 'api_calls',
            payload: { stripe_customer_id: customerId, value: quantity },
            timestamp: atMs / 1000,
          });
          touch();
        },
        close: world.close,
      };
    },
    { describe, it, expect },
  ),
);
