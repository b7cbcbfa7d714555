import type Stripe from 'stripe';
import { pageParams, paginate } from '../protocol/paging.ts';
import { optional, string, timestamp } from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import type { Wire } from '../wire.ts';
import { requireCustomer } from './customers.ts';
import {
  advanceTestClock,
  attachToClock,
  createTestClock,
  deleteTestClock,
  readTestClock,
  requireTestClock,
  testClocks,
  toStripeTestClock,
} from './test-clocks.ts';

const returns = { kind: 'test_helpers.test_clock', list: false };

export const testClockRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/test_helpers/test_clocks',
    fidelity: 'exact',
    ownTime: true,
    returns,
    params: {
      frozen_time: timestamp(),
      name: optional(string({ maxLength: 300 })),
      customer: optional(string()),
    },
    handle(world, params) {
      const customer =
        params.customer === undefined ? undefined : requireCustomer(world, params.customer, 'customer');
      const clock = createTestClock(world, { frozenSec: params.frozen_time, name: params.name });
      if (customer !== undefined) attachToClock(world, clock.id, customer.id);
      return toStripeTestClock(clock);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/test_helpers/test_clocks',
    fidelity: 'exact',
    ownTime: true,
    returns: { ...returns, list: true },
    params: pageParams,
    handle(world, params) {
      const rows = testClocks(world)
        .newestFirst()
        .filter(({ status }) => status !== 'deleted');
      return paginate(rows, params, {
        url: '/v1/test_helpers/test_clocks',
        noun: 'test clock',
        toStripe: (clock) => toStripeTestClock(readTestClock(world, clock)),
      });
    },
  }),
  route({
    method: 'GET',
    path: '/v1/test_helpers/test_clocks/:id',
    fidelity: 'exact',
    ownTime: true,
    returns,
    handle: (world, _params, { id }) => toStripeTestClock(readTestClock(world, requireTestClock(world, id))),
  }),
  route({
    method: 'DELETE',
    path: '/v1/test_helpers/test_clocks/:id',
    fidelity: 'simplified',
    note: 'customers are deleted and subscriptions canceled; their invoices stay readable',
    ownTime: true,
    handle(world, _params, { id }) {
      deleteTestClock(world, requireTestClock(world, id));
      return {
        id,
        object: 'test_helpers.test_clock',
        deleted: true,
      } satisfies Wire<Stripe.TestHelpers.DeletedTestClock>;
    },
  }),
  route({
    method: 'POST',
    path: '/v1/test_helpers/test_clocks/:id/advance',
    fidelity: 'exact',
    note: 'its work is done by the next request; it stays advancing for a switchable moment (assumption)',
    ownTime: true,
    returns,
    params: { frozen_time: timestamp() },
    handle: (world, params, { id }) =>
      toStripeTestClock(advanceTestClock(world, requireTestClock(world, id), params.frozen_time)),
  }),
];
