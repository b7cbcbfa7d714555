import { describe, expect, it } from 'vitest';
import { bodyOf, connect, errorOf, START_SEC, send } from '../testing/connect.ts';

async function withGrant() {
  const server = await connect();
  const clock = await server.stripe.testHelpers.testClocks.create({ frozen_time: START_SEC });
  const customer = await server.stripe.customers.create({ name: 'Ada', test_clock: clock.id });
  const grant = await server.stripe.billing.creditGrants.create({
    customer: customer.id,
    amount: { type: 'monetary', monetary: { currency: 'usd', value: 300 } },
    applicability_config: { scope: { price_type: 'metered' } },
  });
  const transactions = (expand: string[]) =>
    server.stripe.billing.creditBalanceTransactions.list({ customer: customer.id, expand });
  return { ...server, clock, customer, grant, transactions };
}

describe('expand', () => {
  it('goes four levels deep, through a list', async () => {
    await using server = await withGrant();
    const { data } = await server.transactions(['data.credit_grant.customer.test_clock']);
    expect(data[0]?.credit_grant).toMatchObject({
      id: server.grant.id,
      customer: {
        id: server.customer.id,
        test_clock: { id: server.clock.id, object: 'test_helpers.test_clock' },
      },
    });
  });

  it('refuses a fifth level', async () => {
    await using server = await withGrant();
    expect(await errorOf(server.transactions(['data.credit_grant.customer.test_clock.x']))).toMatchObject({
      statusCode: 400,
      param: 'expand',
      message: expect.stringContaining('more than 4 levels'),
    });
  });

  it('takes several paths, the same one twice, and one that begins another', async () => {
    await using server = await withGrant();
    const { data } = await server.transactions([
      'data.credit_grant',
      'data.credit_grant',
      'data.credit_grant.customer',
      'data.test_clock',
    ]);
    expect(data[0]).toMatchObject({
      credit_grant: { customer: { id: server.customer.id } },
      test_clock: { id: server.clock.id },
    });
  });

  it('leaves null and deleted things as they are', async () => {
    await using server = await withGrant();
    const bob = await server.stripe.customers.create({ expand: ['test_clock'] });
    expect(bob.test_clock).toBeNull();
    await server.stripe.customers.del(server.customer.id);
    const grant = await server.stripe.billing.creditGrants.retrieve(server.grant.id, {
      expand: ['customer'],
    });
    expect(grant.customer).toEqual({ id: server.customer.id, object: 'customer', deleted: true });
  });

  it.each([
    ['a list without data', '/v1/customers?expand[]=test_clock'],
    ['data of an object', '/v1/customers/CUSTOMER?expand[]=data.test_clock'],
    ['a plain property', '/v1/customers/CUSTOMER?expand[]=name'],
    ['nothing', '/v1/customers/CUSTOMER?expand[]='],
    ['a map', '/v1/customers/CUSTOMER?expand[a]=test_clock'],
    ['an inherited name', '/v1/customers/CUSTOMER?expand[]=toString'],
    [
      'more than 20 paths',
      `/v1/customers/CUSTOMER?${Array.from({ length: 21 }, (_, i) => `expand[${i}]=test_clock`).join('&')}`,
    ],
  ])('refuses %s', async (_name, path) => {
    await using server = await withGrant();
    const answer = await send(server.sim, 'GET', path.replace('CUSTOMER', server.customer.id));
    expect(await bodyOf(answer)).toMatchObject({ status: 400, error: { type: 'invalid_request_error' } });
  });
});
