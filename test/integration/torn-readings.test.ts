import { type BillingGateway, createMeterboard, createStripeGateway } from '@meterboard/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildAccount, grantCredits, startWorld } from './stripe-world.ts';

const hourMs = 3_600_000;
const startMs = Date.UTC(2026, 2, 1, 9);
const periodEndMs = Date.UTC(2026, 3, 1, 9);
let world: Awaited<ReturnType<typeof startWorld>>;
let account: Awaited<ReturnType<typeof buildAccount>>;

beforeEach(async () => {
  world = await startWorld('empty', startMs);
  account = await buildAccount(world.client);
});
afterEach(() => world.close());

/** Reads the balance through a gateway that is changed; numbers are balance, drafts, unbilled, remaining. */
async function readBalance(change: (gateway: BillingGateway) => Partial<BillingGateway>) {
  const gateway = createStripeGateway(world.client);
  const meterboard = createMeterboard({
    gateway: { ...gateway, ...change(gateway) },
    identify: () => null,
    nowMs: world.simulator.nowMs,
  });
  const { balances } = await meterboard.createCaller({ customerId: account.first }).credits.balance();
  return balances.map(({ balance, onDrafts, unbilled, remaining }) =>
    [balance, onDrafts, unbilled, remaining].map(({ amountMinor }) => amountMinor),
  );
}

/** Runs once, and every caller waits for it. */
function once(run: () => Promise<unknown>) {
  let running: Promise<unknown> | undefined;
  return () => {
    running ??= run();
    return running;
  };
}
const aMoment = () => new Promise((resolve) => setTimeout(resolve, 60));

describe('a draft that is finalised between two readings', () => {
  beforeEach(async () => {
    await grantCredits(world.client, account.first, 1000);
    await world.client.billing.meterEvents.create({
      event_name: 'api_calls',
      payload: { stripe_customer_id: account.first, value: '400' },
      timestamp: startMs / 1000,
    });
    await world.simulator.advance(periodEndMs + hourMs / 6 - startMs);
  });

  it.each(['listCreditTransactions', 'listDrafts'] as const)(
    'is counted once, also where %s comes late',
    async (late) => {
      const finalise = once(() => world.simulator.advance(2 * hourMs));
      const found = await readBalance((gateway) => ({
        [late]: async (customerId: string) => {
          await aMoment();
          await finalise();
          return gateway[late](customerId);
        },
      }));
      expect(found).toEqual([[600, 0, 0, 600]]);
    },
  );
});

describe('a grant that lands between two readings', () => {
  it('counts in full, although its ledger entry was not read at first', async () => {
    const land = once(() => grantCredits(world.client, account.first, 1000));
    const found = await readBalance((gateway) => ({
      listCreditGrants: async (customerId) => {
        await aMoment();
        await land();
        return gateway.listCreditGrants(customerId);
      },
    }));
    expect(found).toEqual([[1000, 0, 0, 1000]]);
  });
});
