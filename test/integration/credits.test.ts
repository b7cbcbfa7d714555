import type { CreditBalance } from '@meterboard/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildAccount, connect, grantCredits, startWorld } from './stripe-world.ts';

const nowMs = Date.UTC(2026, 2, 1, 9);
const hourMs = 3_600_000;
let world: Awaited<ReturnType<typeof startWorld>>;
let account: Awaited<ReturnType<typeof buildAccount>>;

beforeEach(async () => {
  // The account changes between two readings of one moment.
  world = await startWorld('empty', nowMs, { lowBalance: { remainingBelowMinor: 300 }, cache: false });
  account = await buildAccount(world.client);
  world.signIn({ customerId: account.first });
});
afterEach(() => world.close());

/** At one cent a unit, so many minor units of usage. */
const use = (units: number) =>
  world.client.billing.meterEvents.create({
    event_name: 'api_calls',
    payload: { stripe_customer_id: account.first, value: String(units) },
    timestamp: Math.floor(world.simulator.nowMs() / 1000),
  });

async function readBalance(): Promise<CreditBalance> {
  const { balances } = await connect(world.meterboard).credits.balance.query();
  const [balance, ...others] = balances;
  if (!balance || others.length > 0) throw new Error('expected one balance');
  return balance;
}
const minors = ({ balance, onDrafts, unbilled, remaining, notCovered }: CreditBalance) => ({
  balance: balance.amountMinor,
  onDrafts: onDrafts.amountMinor,
  unbilled: unbilled.amountMinor,
  remaining: remaining.amountMinor,
  notCovered: notCovered?.amountMinor,
});

describe('the balance, against a billing provider that settles late', () => {
  it('falls with usage, and does not move when a draft is made or finalised', async () => {
    await grantCredits(world.client, account.first, 1000);
    await use(400);
    expect(minors(await readBalance())).toEqual({
      balance: 1000,
      onDrafts: 0,
      unbilled: 400,
      remaining: 600,
      notCovered: 0,
    });
    await world.simulator.advance(Date.UTC(2026, 3, 1, 9, 10) - nowMs);
    await use(100);
    expect(minors(await readBalance()), 'while the draft waits').toEqual({
      balance: 1000,
      onDrafts: 400,
      unbilled: 100,
      remaining: 500,
      notCovered: 0,
    });
    await world.simulator.advance(2 * hourMs);
    expect(minors(await readBalance()), 'once it is finalised').toEqual({
      balance: 600,
      onDrafts: 0,
      unbilled: 100,
      remaining: 500,
      notCovered: 0,
    });
  });

  it('gives the same credits to one subscription only', async () => {
    await grantCredits(world.client, account.first, 100);
    await world.client.subscriptions.create({ customer: account.first, items: [{ price: account.priceId }] });
    await use(60);
    const previews = await Promise.all(
      (await world.client.subscriptions.list({ customer: account.first })).data.map(({ id }) =>
        world.client.invoices.createPreview({ customer: account.first, subscription: id }),
      ),
    );
    expect(
      previews.map(({ amount_due }) => amount_due),
      'each preview thinks it is alone',
    ).toEqual([0, 0]);
    const balance = await readBalance();
    expect(minors(balance)).toEqual({
      balance: 100,
      onDrafts: 0,
      unbilled: 100,
      remaining: 0,
      notCovered: 20,
    });
    expect([balance.sharedBySubscriptions, balance.nextInvoice?.amount.amountMinor]).toEqual([true, 20]);
  });

  it('pays for usage and never for a flat fee, which the next invoice asks for', async () => {
    const product = await world.client.products.create({ name: 'Seat' });
    const seat = await world.client.prices.create({
      currency: 'usd',
      product: product.id,
      unit_amount: 900,
      recurring: { interval: 'month' },
    });
    const customer = await world.client.customers.create({ name: 'With a seat' });
    await world.client.subscriptions.create({
      customer: customer.id,
      items: [{ price: account.priceId }, { price: seat.id, quantity: 1 }],
    });
    await grantCredits(world.client, customer.id, 2000);
    account = { ...account, first: customer.id };
    world.signIn({ customerId: customer.id });
    await use(40);
    const balance = await readBalance();
    expect(minors(balance)).toMatchObject({ balance: 2000, unbilled: 40, remaining: 1960, notCovered: 0 });
    expect(balance.nextInvoice?.amount.amountMinor).toBe(900);
  });

  it('is low below the threshold, empty at zero, and says what is not covered', async () => {
    await grantCredits(world.client, account.first, 500);
    expect((await readBalance()).status).toBe('ok');
    await use(201);
    expect((await readBalance()).status).toBe('low');
    await use(400);
    const empty = await readBalance();
    expect([empty.status, empty.notCovered?.amountMinor, empty.nextInvoice?.amount.amountMinor]).toEqual([
      'empty',
      101,
      101,
    ]);
  });

  it('keeps scoped credits apart from the others', async () => {
    await grantCredits(world.client, account.first, 100);
    await world.client.billing.creditGrants.create({
      customer: account.first,
      priority: 1,
      amount: { type: 'monetary', monetary: { currency: 'usd', value: 50 } },
      applicability_config: { scope: { prices: [{ id: account.priceId }] } },
      category: 'promotional',
    });
    await use(80);
    const { balances } = await connect(world.meterboard).credits.balance.query();
    expect(balances.map(({ scope, remaining }) => [scope.kind, remaining.amountMinor])).toEqual([
      ['all_usage', 70],
      ['prices', 0],
    ]);
  });
});
