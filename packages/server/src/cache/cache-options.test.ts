import { describe, expect, it } from 'vitest';
import { checkBudget, checkCache, checkSettleAfter } from './cache-options.ts';

describe('options of cache and budget', () => {
  it('have defaults below what Stripe allows', () => {
    expect(checkBudget(undefined)).toEqual({
      perEndpoint: 20,
      inAll: null,
      monthlyGets: 9_000,
      customerDailyGets: 3_000,
      maxWaitMs: 10_000,
    });
    expect(checkCache(undefined)).toMatchObject({ freshMs: 30_000, graceMs: 300_000, keepMs: 86_400_000 });
    expect([checkCache(false), checkBudget(false), checkSettleAfter(undefined)]).toEqual([
      null,
      null,
      600_000,
    ]);
  });

  it.each([
    [{}, 3_000],
    [{ monthlyGets: 100_009 }, 33_336],
    [{ monthlyGets: 500 }, 200],
    [{ monthlyGets: null }, null],
    [{ customerDailyGets: 5 }, 5],
    [{ customerDailyGets: null }, null],
  ])('%j leave one customer %s readings a day', (options, customerDailyGets) => {
    expect(checkBudget(options)).toMatchObject({ customerDailyGets });
  });

  it.each([
    [() => checkCache({ freshSeconds: 0 }), 'cache.freshSeconds is 0.'],
    [() => checkCache({ graceSeconds: -1 }), 'cache.graceSeconds is -1.'],
    [() => checkCache({ keepHours: Number.NaN }), 'cache.keepHours is null.'],
    [() => checkCache({ maxMegabytes: 1e9 }), 'cache.maxMegabytes is 1000000000.'],
    [() => checkCache({ account: '' }), 'cache.account is "".'],
    [() => checkCache(true as never), 'cache is true.'],
    [() => checkBudget({ perSecond: 2.5 }), 'budget.perSecond is 2.5.'],
    [() => checkBudget({ perEndpointPerSecond: 0 }), 'budget.perEndpointPerSecond is 0.'],
    [() => checkBudget({ monthlyGets: -5 }), 'budget.monthlyGets is -5.'],
    [() => checkBudget({ customerDailyGets: 0 }), 'budget.customerDailyGets is 0.'],
    [() => checkBudget({ maxWaitMs: 1e9 }), 'budget.maxWaitMs is 1000000000.'],
    [() => checkSettleAfter(-1), 'settleAfterSeconds is -1.'],
  ])('that cannot work say what, why and how: %#', (check, what) => {
    expect(check).toThrow(`createMeterboard: ${what}`);
    expect(check).toThrow(/(Use|Leave|Pass) /);
  });
});
