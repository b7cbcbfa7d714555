import { BillingError, toBillingError } from '@meterboard/contract';
import { describe, expect, it } from 'vitest';
import type { BillingGateway } from '../gateway.ts';
import { createMemoryGateway } from '../gateways/memory.ts';
import { createMemoryCustomer } from '../gateways/memory-world.ts';
import { createMeterboard } from '../meterboard.ts';
import {
  exampleDocument,
  exampleGrant,
  exampleGranted,
  exampleLine,
  exampleMeter,
  exampleNowMs,
  examplePrice,
  exampleSubscription,
} from '../testing/example-world.ts';

function createApp(
  change: (gateway: BillingGateway) => Partial<BillingGateway> = () => ({}),
  nowMs: () => number = () => exampleNowMs,
) {
  const grant = exampleGrant('grant_1', 500);
  const gateway = createMemoryGateway({
    nowMs: () => exampleNowMs,
    meters: [exampleMeter()],
    prices: [examplePrice()],
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
    nowMs,
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

describe('a long billing period', () => {
  const overviewOf = async (days: number, timeZone: string, meterCount = 1) => {
    const startMs = exampleNowMs - Math.floor(days * 0.8) * 86_400_000;
    const period = { startMs, endMs: startMs + days * 86_400_000 };
    const meterIds = ['mtr_requests', ...Array.from({ length: meterCount - 1 }, (_, index) => `m${index}`)];
    const { caller } = createApp((gateway) => ({
      listMeters: async () =>
        meterIds.map((meterId) =>
          exampleMeter({ meterId, eventName: meterId === 'mtr_requests' ? 'api_requests' : meterId }),
        ),
      listUsage: async (query) => (query.meterId === 'mtr_requests' ? gateway.listUsage(query) : []),
      getPrice: async () => gateway.getPrice('price_mtr_requests'),
      listSubscriptions: async () => {
        const subscription = exampleSubscription({ meterIds });
        return [{ ...subscription, items: subscription.items.map((item) => ({ ...item, period })) }];
      },
    }));
    const { summary, usage } = await caller.overview({ timeZone });
    if (!summary.ok || !usage.ok) throw new Error('the dashboard must always have its usage');
    const found = summary.data.meters.find(({ meter }) => meter.eventName === 'api_requests');
    return [usage.data.bucket, found?.total];
  };

  it.each([
    ['a year', 365, 'UTC', 1, 'day'],
    ['three years', 1095, 'UTC', 1, 'week'],
    ['a year in a zone on half hours', 365, 'Asia/Kolkata', 1, 'week'],
    ['three years in a zone on half hours', 1095, 'Asia/Kolkata', 1, 'month'],
    ['a month in a zone on half hours, for fourteen meters', 31, 'Asia/Kolkata', 14, 'week'],
  ])(
    'of %s is drawn by the finest bucket that is within the limits',
    async (_, days, zone, meters, bucket) => {
      expect(await overviewOf(days, zone, meters)).toEqual([bucket, '12']);
    },
  );
});

describe('a question that needs many readings', () => {
  const manyMeters = Array.from({ length: 12 }, (_, index) => `meter_${index}`);
  const kolkata = { range: { kind: 'last', days: 60 }, bucket: 'day', timeZone: 'Asia/Kolkata' } as const;
  const listMeters = async () =>
    manyMeters.map((eventName) => exampleMeter({ meterId: eventName, eventName }));

  it('is refused before any call where its meters are named', async () => {
    let calls = 0;
    const { caller } = createApp((gateway) => ({
      listMeters: async () => {
        calls += 1;
        return listMeters();
      },
      listSubscriptions: async (...args) => {
        calls += 1;
        return gateway.listSubscriptions(...args);
      },
    }));
    expect(await codeOf(caller.usage.series({ ...kolkata, meters: manyMeters }))).toBe('invalid_range');
    const long = { ...kolkata, range: { kind: 'last', days: 150 } } as const;
    expect(await codeOf(caller.usage.series(long))).toBe('invalid_range');
    expect(calls).toBe(0);
  });

  it('is refused before any reading where they are not', async () => {
    let readings = 0;
    const { caller } = createApp(() => ({
      listMeters,
      listUsage: async () => {
        readings += 1;
        return [];
      },
    }));
    expect(await codeOf(caller.usage.series(kolkata))).toBe('invalid_range');
    expect(readings).toBe(0);
    expect(await codeOf(caller.usage.series({ ...kolkata, range: { kind: 'last', days: 10 } }))).toBe(
      'resolved',
    );
    expect(readings).toBe(120);
  });
});

describe('a comparison that cannot be read', () => {
  const period = { range: { kind: 'period' }, bucket: 'day', timeZone: 'UTC', compare: true } as const;
  const failing = (code: 'provider_unavailable' | 'provider_rejected') =>
    createApp((gateway) => ({
      listUsage: async (query) => {
        if (query.window.grouping === 'none') throw new BillingError(code);
        return gateway.listUsage(query);
      },
    }));

  it('hides no usage, and is not known', async () => {
    const { caller, logged } = failing('provider_unavailable');
    const [summary] = (await caller.usage.summary()).meters;
    expect([summary?.total, summary?.previous]).toEqual(['12', { toDate: null, changeRatio: null }]);
    const [series] = (await caller.usage.series(period)).series;
    expect([series?.total, series?.previous?.toDate]).toEqual(['12', null]);
    expect(logged.join()).toContain('usage comparison');
  });

  it('is no excuse for a wrong key', async () => {
    expect(await codeOf(failing('provider_rejected').caller.usage.summary())).toBe('provider_rejected');
  });
});

describe('drafts that cannot be read', () => {
  const previous = { range: { kind: 'previous_period' }, bucket: 'day', timeZone: 'UTC' } as const;
  const failing = (code: 'provider_unavailable' | 'internal') =>
    createApp(() => ({
      listDrafts: async () => {
        throw new BillingError(code);
      },
    }));

  it('hide no usage: whether its period is closed is not known, and the log says why', async () => {
    const { caller, logged } = failing('provider_unavailable');
    const [series] = (await caller.usage.series(previous)).series;
    expect([series?.range.kind, series?.isClosed]).toEqual(['previous_period', null]);
    expect(logged.join()).toContain('usage.series closed period');
  });

  it('are not asked for where the range is no billing period that is over', async () => {
    const { caller } = failing('internal');
    const [running] = (await caller.usage.series({ ...previous, range: { kind: 'period' } })).series;
    const [days] = (await caller.usage.series({ ...previous, range: { kind: 'last', days: 7 } })).series;
    expect([running?.isClosed, days?.isClosed]).toEqual([false, null]);
    expect(await codeOf(caller.usage.series(previous))).toBe('internal');
  });
});

describe('where our price and the preview disagree', () => {
  it('shows the preview, says so, and logs it once an hour for each price', async () => {
    let atMs = exampleNowMs;
    const previewInvoice: BillingGateway['previewInvoice'] = async () =>
      exampleDocument('preview', [exampleLine(13, { quantity: '12' })]);
    const { caller, logged } = createApp(
      () => ({ previewInvoice }),
      () => atMs,
    );
    const read = async () => (await caller.usage.cost({ timeZone: 'UTC' })).meters[0];
    expect(await read()).toMatchObject({
      total: { amountMinor: 13, currency: 'usd' },
      differs: true,
      parts: [{ lines: [{ quantity: '12', amount: { amountMinor: 12 } }] }],
    });
    await read();
    expect(logged).toEqual([expect.stringMatching(/disagree.*price_mtr_requests.*12.*13/)]);
    atMs += 3_600_000;
    await read();
    expect(logged).toHaveLength(2);
  });

  it('agrees without a word', async () => {
    const { caller, logged } = createApp();
    expect((await caller.usage.cost({ timeZone: 'UTC' })).meters[0]?.differs).toBe(false);
    expect(logged).toEqual([]);
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
    expect(await codeOf(caller.topUps.status({ topUpId: `tu_${'x'.repeat(43)}` }))).toBe('top_up_disabled');
  });
});
