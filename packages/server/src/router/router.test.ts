import { toBillingError } from '@meterboard/contract';
import { describe, expect, it } from 'vitest';
import type { BillingGateway } from '../gateway.ts';
import { createMemoryCustomer, createMemoryGateway } from '../gateways/memory.ts';
import { createMeterboard } from '../meterboard.ts';
import {
  exampleDocument,
  exampleGrant,
  exampleGranted,
  exampleLine,
  exampleMeter,
  exampleNowMs,
  exampleSubscription,
} from '../testing/example-world.ts';

function createApp(change: (gateway: BillingGateway) => Partial<BillingGateway> = () => ({})) {
  const grant = exampleGrant('grant_1', 500);
  const gateway = createMemoryGateway({
    nowMs: () => exampleNowMs,
    meters: [exampleMeter()],
    prices: [
      {
        priceId: 'price_mtr_requests',
        currency: 'usd',
        meterId: 'mtr_requests',
        tiers: [],
        tiersMode: null,
        unitAmountMinor: '1',
      },
    ],
    customers: {
      cus_1: createMemoryCustomer({
        events: [{ eventName: 'api_requests', atMs: exampleNowMs - 1000, quantity: '12' }],
        subscriptions: [exampleSubscription()],
        grants: [grant],
        transactions: [exampleGranted(grant)],
        previews: [exampleDocument('preview', [exampleLine(12)])],
      }),
    },
  });
  const logged: string[] = [];
  const log = (message: string, details?: object) => logged.push(`${message} ${JSON.stringify(details)}`);
  const app = createMeterboard({
    gateway: { ...gateway, ...change(gateway) },
    identify: () => null,
    nowMs: () => exampleNowMs,
    logger: { error: log, warn: log, info: log },
  });
  return { caller: app.createCaller({ customerId: 'cus_1' }), app, logged };
}

const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'resolved',
    (error: unknown) => toBillingError(error).code,
  );

describe('procedures called without HTTP', () => {
  it('read the balance in one line', async () => {
    const { balances } = await createApp().caller.credits.balance();
    expect(balances.map(({ remaining }) => remaining)).toEqual([{ amountMinor: 488, currency: 'usd' }]);
  });

  it('reject with what toBillingError() understands', async () => {
    const { caller, app } = createApp();
    const series = { range: { kind: 'last', days: 401 }, bucket: 'day', timeZone: 'UTC' } as const;
    expect(await codeOf(caller.usage.series(series))).toBe('invalid_range');
    expect(await codeOf(app.createCaller({ customerId: 'cus_2' }).credits.balance())).toBe(
      'customer_not_found',
    );
    const viewer = app.createCaller({ customerId: 'cus_1', permissions: ['view'] });
    expect(await codeOf(viewer.credits.balance())).toBe('not_allowed');
  });
});

describe('a billing period of three years', () => {
  it('has a summary in every zone, while a chart of it by day is refused', async () => {
    const startMs = exampleNowMs - 900 * 86_400_000;
    const period = { startMs, endMs: exampleNowMs + 195 * 86_400_000 };
    const { caller } = createApp(() => ({
      listSubscriptions: async () => {
        const subscription = exampleSubscription();
        return [{ ...subscription, items: subscription.items.map((item) => ({ ...item, period })) }];
      },
    }));
    const { summary, usage } = await caller.overview({ timeZone: 'Asia/Kolkata' });
    expect(summary.ok && summary.data.meters.map(({ total }) => total)).toEqual(['12']);
    expect(usage).toMatchObject({
      ok: false,
      error: { code: 'invalid_range', limit: 'at most 750 buckets' },
    });
  });
});

describe('a bug', () => {
  it('is internal to the caller and whole in the log', async () => {
    const { caller, logged } = createApp(() => ({
      listMeters: async () => {
        throw new RangeError('index out of bounds');
      },
    }));
    expect(await codeOf(caller.meters.list())).toBe('internal');
    expect(logged.join()).toContain('index out of bounds');
  });

  it('of a gateway that answers nonsense does not reach the browser', async () => {
    const { caller, logged } = createApp((gateway) => ({
      listInvoices: async (query) => {
        const page = await gateway.listInvoices(query);
        return { ...page, nextCursor: 5 as unknown as string };
      },
    }));
    expect(await codeOf(caller.invoices.list({}))).toBe('internal');
    expect(logged).toHaveLength(1);
  });

  it('in one section of the dashboard leaves the others whole', async () => {
    const { caller } = createApp(() => ({
      listCreditGrants: async () => {
        throw new RangeError('index out of bounds');
      },
    }));
    const { credits, usage } = await caller.overview({ timeZone: 'UTC' });
    expect([credits, usage.ok]).toEqual([
      { ok: false, error: expect.objectContaining({ code: 'internal', retryable: false }) },
      true,
    ]);
  });
});

describe('a provider without top-ups', () => {
  it('says so', async () => {
    const { caller } = createApp(() => ({ topUps: undefined }));
    expect((await caller.topUps.packages()).unavailable).toBe('not_configured');
    expect(await codeOf(caller.topUps.start({ packageId: 'ten', attemptId: 'attempt-1' }))).toBe(
      'top_up_disabled',
    );
    expect(await codeOf(caller.topUps.status({ topUpId: 'tu_1' }))).toBe('top_up_disabled');
  });
});
