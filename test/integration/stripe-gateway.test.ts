import { createStripeGateway } from '@meterboard/server';
import { describeGateway } from '@meterboard/server/testing';
import { describe, expect, it } from 'vitest';
import { buildAccount, grantCredits, startWorld } from './stripe-world.ts';

const startMs = Date.UTC(2026, 0, 5, 9, 30, 15);
const dayMs = 86_400_000;

describeGateway(
  'Stripe through its SDK',
  async () => {
    const world = await startWorld('empty', startMs);
    const { client, simulator } = world;
    const { first, second } = await buildAccount(client);
    await grantCredits(client, first, 5000);
    await simulator.advance(70 * dayMs);
    return {
      gateway: createStripeGateway(client),
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
      },
      close: world.close,
    };
  },
  { describe, it, expect },
);
