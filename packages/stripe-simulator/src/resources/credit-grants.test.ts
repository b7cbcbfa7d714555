import fc from 'fast-check';
import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import {
  connect,
  DAY_MS,
  errorOf,
  HOUR_MS,
  report,
  START_SEC,
  subscribeMetered,
} from '../testing/connect.ts';

const DAY = 86_400;

function grantParams(
  customer: string,
  value: number,
  more: Partial<Stripe.Billing.CreditGrantCreateParams> = {},
): Stripe.Billing.CreditGrantCreateParams {
  return {
    customer,
    amount: { type: 'monetary', monetary: { currency: 'usd', value } },
    applicability_config: { scope: { price_type: 'metered' } },
    ...more,
  };
}

async function withCustomer() {
  const server = await connect();
  const made = await subscribeMetered(server.stripe);
  const { stripe } = server;
  const customerId = made.customer.id;
  return {
    ...server,
    ...made,
    grant: (value: number, more?: Partial<Stripe.Billing.CreditGrantCreateParams>) =>
      stripe.billing.creditGrants.create(grantParams(customerId, value, more)),
    summary: async () => {
      const { balances } = await stripe.billing.creditBalanceSummaries.retrieve({
        customer: customerId,
        filter: { type: 'applicability_scope', applicability_scope: { price_type: 'metered' } },
      });
      return balances.map(({ ledger_balance: ledger, available_balance: available }) => [
        ledger.monetary?.currency,
        ledger.monetary?.value,
        available.monetary?.value,
      ]);
    },
    ledger: async (credit_grant?: string) => {
      const entries = await stripe.billing.creditBalanceTransactions.list({
        customer: customerId,
        limit: 100,
        ...(credit_grant === undefined ? {} : { credit_grant }),
      });
      return entries.data.map(
        ({ credit, debit }) =>
          `${credit?.type ?? debit?.type} ${credit?.amount.monetary?.value ?? debit?.amount.monetary?.value}`,
      );
    },
  };
}

describe('credit grants', () => {
  it('have Stripe’s defaults', async () => {
    await using server = await withCustomer();
    expect(await server.grant(1_000)).toMatchObject({
      object: 'billing.credit_grant',
      category: 'paid',
      priority: 50,
      effective_at: START_SEC,
      expires_at: null,
      voided_at: null,
      name: null,
      amount: { type: 'monetary', monetary: { currency: 'usd', value: 1_000 } },
      applicability_config: { scope: { price_type: 'metered' } },
    });
    expect(await server.ledger()).toEqual(['credits_granted 1000']);
  });

  it.each<[string, Partial<Stripe.Billing.CreditGrantCreateParams>, string]>([
    ['an effective time in the past', { effective_at: START_SEC - 1 }, 'effective_at'],
    ['an expiry that is now', { expires_at: START_SEC }, 'expires_at'],
    [
      'an expiry before the effective time',
      { effective_at: START_SEC + 100, expires_at: START_SEC + 100 },
      'expires_at',
    ],
    ['a priority above 100', { priority: 101 }, 'priority'],
    ['a name above 100 characters', { name: 'x'.repeat(101) }, 'name'],
    ['no scope', { applicability_config: { scope: {} } }, 'applicability_config'],
    [
      'a scope of no prices',
      { applicability_config: { scope: { prices: '' as never } } },
      'applicability_config[scope][prices]',
    ],
    [
      'an amount of nothing',
      { amount: { type: 'monetary', monetary: { currency: 'usd', value: 0 } } },
      'amount[monetary][value]',
    ],
    [
      'an unknown price',
      { applicability_config: { scope: { prices: [{ id: 'price_x' }] } } },
      'applicability_config[scope][prices][0][id]',
    ],
  ])('refuse %s', async (_name, more, param) => {
    await using server = await withCustomer();
    expect(await errorOf(server.grant(100, more))).toMatchObject({ statusCode: 400, param });
    expect(await server.ledger()).toEqual([]);
  });

  it('refuse both scopes at once, and prices that are not metered', async () => {
    await using server = await withCustomer();
    const flat = await server.stripe.prices.create({
      currency: 'usd',
      unit_amount: 5,
      product_data: { name: 'Flat' },
      recurring: { interval: 'month' },
    });
    expect(
      (await errorOf(server.grant(1, { applicability_config: { scope: { prices: [{ id: flat.id }] } } })))
        .statusCode,
    ).toBe(400);
    expect(
      (
        await errorOf(
          server.grant(1, {
            applicability_config: { scope: { price_type: 'metered', prices: [{ id: server.price.id }] } },
          }),
        )
      ).statusCode,
    ).toBe(400);
  });

  it('stop at 100 unused ones; a used, expired or voided one makes room', async () => {
    await using server = await withCustomer();
    const grants = [];
    for (let index = 0; index < 100; index += 1) grants.push(await server.grant(1));
    expect((await errorOf(server.grant(1))).message).toContain('100 unused');
    await server.stripe.billing.creditGrants.voidGrant(grants[0]?.id ?? '');
    await server.grant(1);
    expect((await errorOf(server.grant(1))).statusCode).toBe(400);
    expect(
      (await server.stripe.billing.creditGrants.list({ customer: server.customer.id })).data,
    ).toHaveLength(10);
  });

  it('expire by themselves on the clock, and the ledger says so', async () => {
    await using server = await withCustomer();
    const grant = await server.grant(500, { expires_at: START_SEC + DAY });
    await server.sim.advance(DAY_MS - 1);
    expect(await server.summary()).toEqual([['usd', 500, 500]]);
    await server.sim.advance(1);
    expect(await server.summary()).toEqual([['usd', 0, 0]]);
    expect(await server.ledger(grant.id)).toEqual(['credits_expired 500', 'credits_granted 500']);
    expect((await errorOf(server.stripe.billing.creditGrants.expire(grant.id))).statusCode).toBe(400);
  });

  it('can be expired and voided by hand, once', async () => {
    await using server = await withCustomer();
    const { creditGrants } = server.stripe.billing;
    const [a, b] = [await server.grant(100), await server.grant(200)];
    expect((await creditGrants.expire(a.id)).expires_at).toBe(START_SEC);
    expect((await creditGrants.voidGrant(b.id)).voided_at).toBe(START_SEC);
    expect(await server.ledger()).toEqual([
      'credits_voided 200',
      'credits_expired 100',
      'credits_granted 200',
      'credits_granted 100',
    ]);
    expect((await errorOf(creditGrants.voidGrant(b.id))).statusCode).toBe(400);
    expect((await errorOf(creditGrants.voidGrant(a.id))).statusCode).toBe(400);
  });

  it('move and clear their expiry by update; nothing else changes', async () => {
    await using server = await withCustomer();
    const { creditGrants } = server.stripe.billing;
    const grant = await server.grant(100, { expires_at: START_SEC + DAY, metadata: { a: '1' } });
    await creditGrants.update(grant.id, { expires_at: START_SEC + 2 * DAY, metadata: { b: '2' } });
    await server.sim.advance(DAY_MS);
    expect(await server.summary()).toEqual([['usd', 100, 100]]);
    const cleared = await creditGrants.update(grant.id, { expires_at: '' });
    expect([cleared.expires_at, cleared.metadata]).toEqual([null, { a: '1', b: '2' }]);
    await server.sim.advance(5 * DAY_MS);
    expect(await server.summary()).toEqual([['usd', 100, 100]]);
    expect((await errorOf(creditGrants.update(grant.id, { expires_at: START_SEC }))).param).toBe(
      'expires_at',
    );
  });

  it('effective later count towards the ledger only then', async () => {
    await using server = await withCustomer();
    await server.grant(100, { effective_at: START_SEC + DAY });
    expect(await server.summary()).toEqual([['usd', 0, 0]]);
    await server.sim.advance(DAY_MS);
    expect(await server.summary()).toEqual([['usd', 100, 100]]);
  });

  it.each(['voidGrant', 'expire'] as const)(
    'taken back by %s before they take effect never move the balance',
    async (end) => {
      await using server = await withCustomer();
      await server.grant(30);
      const later = await server.grant(100, {
        effective_at: START_SEC + DAY,
        expires_at: START_SEC + 2 * DAY,
      });
      await server.stripe.billing.creditGrants[end](later.id);
      for (const _day of [0, 1, 2, 3]) {
        expect(await server.summary()).toEqual([['usd', 30, 30]]);
        await server.sim.advance(DAY_MS);
      }
      const { data } = await server.stripe.billing.creditBalanceTransactions.list({
        customer: server.customer.id,
        credit_grant: later.id,
      });
      expect(data.map(({ effective_at }) => effective_at)).toEqual([START_SEC + DAY, START_SEC + DAY]);
    },
  );
});

describe('credit balances', () => {
  it('keep currencies and scopes apart', async () => {
    await using server = await withCustomer();
    await server.grant(100);
    await server.grant(70, { amount: { type: 'monetary', monetary: { currency: 'eur', value: 70 } } });
    const scoped = await server.grant(30, {
      applicability_config: { scope: { prices: [{ id: server.price.id }] } },
    });
    expect(await server.summary()).toEqual([
      ['eur', 70, 70],
      ['usd', 100, 100],
    ]);
    const retrieve = (filter: Stripe.Billing.CreditBalanceSummaryRetrieveParams.Filter) =>
      server.stripe.billing.creditBalanceSummaries.retrieve({ customer: server.customer.id, filter });
    for (const filter of [
      { type: 'applicability_scope', applicability_scope: { prices: [{ id: server.price.id }] } },
      { type: 'credit_grant', credit_grant: scoped.id },
    ]) {
      expect(
        (await retrieve(filter)).balances.map(({ ledger_balance }) => ledger_balance.monetary?.value),
      ).toEqual([30]);
    }
  });

  it('available falls while a draft shows credits; the ledger only when it finalises', async () => {
    await using server = await withCustomer();
    await report(server.stripe, server.customer.id, 700);
    await server.grant(1_000);
    await server.sim.advanceTo((server.subscription.items.data[0]?.current_period_end ?? 0) * 1_000);
    expect(await server.summary()).toEqual([['usd', 1_000, 300]]);
    await server.sim.advance(HOUR_MS);
    expect(await server.summary()).toEqual([['usd', 300, 300]]);
    const [entry] = (
      await server.stripe.billing.creditBalanceTransactions.list({ customer: server.customer.id })
    ).data;
    expect(entry).toMatchObject({
      type: 'debit',
      debit: { type: 'credits_applied', amount: { monetary: { value: 700 } } },
    });
    expect(await server.stripe.billing.creditBalanceTransactions.retrieve(entry?.id ?? '')).toEqual(entry);
    expect(
      (await errorOf(server.stripe.billing.creditGrants.voidGrant(String(entry?.credit_grant)))).message,
    ).toContain('applied to an invoice');
  });

  it('Σ transactions of a grant is its balance through grant, use, and expiry', async () => {
    await using server = await withCustomer();
    const grant = await server.grant(1_000, { expires_at: START_SEC + 60 * DAY });
    await report(server.stripe, server.customer.id, 250);
    await server.sim.advance(61 * DAY_MS);
    expect(await server.ledger(grant.id)).toEqual([
      'credits_expired 750',
      'credits_applied 250',
      'credits_granted 1000',
    ]);
  });

  it('are Σ transactions in effect, and what the grants in force say, whatever is granted and taken back', async () => {
    await using server = await withCustomer();
    const { stripe, sim } = server;
    const { creditGrants, creditBalanceTransactions } = stripe.billing;
    const days = (most: number) => fc.integer({ min: 0, max: most });
    const steps = fc.array(
      fc.oneof(
        fc.record({
          kind: fc.constant('grant' as const),
          amount: fc.integer({ min: 1, max: 99 }),
          later: days(3),
        }),
        fc.record({ kind: fc.constantFrom('voidGrant' as const, 'expire' as const), which: fc.nat() }),
        fc.record({ kind: fc.constant('wait' as const), days: days(2) }),
      ),
      { minLength: 1, maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (chosen) => {
        const { id: customer } = await stripe.customers.create({});
        const inForce: Stripe.Billing.CreditGrant[] = [];
        for (const step of chosen) {
          const nowSec = Math.floor(sim.nowMs() / 1_000);
          if (step.kind === 'wait') await sim.advance(step.days * DAY_MS);
          else if (step.kind === 'grant') {
            const more = { effective_at: nowSec + step.later * DAY };
            inForce.push(await creditGrants.create(grantParams(customer, step.amount, more)));
          } else {
            const [ended] = inForce.splice(step.which % Math.max(1, inForce.length), 1);
            if (ended !== undefined) await creditGrants[step.kind](ended.id);
          }
          const { balances } = await stripe.billing.creditBalanceSummaries.retrieve({
            customer,
            filter: { type: 'applicability_scope', applicability_scope: { price_type: 'metered' } },
          });
          const atSec = Math.floor(sim.nowMs() / 1_000);
          const entries = (await creditBalanceTransactions.list({ customer, limit: 100 })).data;
          const posted = entries
            .filter((entry) => (entry.effective_at ?? 0) <= atSec)
            .reduce(
              (sum, { credit, debit }) =>
                sum + (credit?.amount.monetary?.value ?? 0) - (debit?.amount.monetary?.value ?? 0),
              0,
            );
          const granted = inForce
            .filter((grant) => (grant.effective_at ?? 0) <= atSec)
            .reduce((sum, { amount }) => sum + (amount.monetary?.value ?? 0), 0);
          expect([balances[0]?.ledger_balance.monetary?.value ?? 0, posted]).toEqual([granted, granted]);
        }
      }),
      { numRuns: 25 },
    );
  });
});
