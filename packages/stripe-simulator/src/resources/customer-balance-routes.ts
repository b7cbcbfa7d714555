import { moveBalance } from '../billing/move-balance.ts';
import { invalidRequest } from '../protocol/errors.ts';
import { pageParams, paginate } from '../protocol/paging.ts';
import {
  clearable,
  currency,
  integer,
  mergeMetadata,
  metadata,
  optional,
  string,
  timeRange,
} from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import {
  balanceTransactionsOf,
  requireBalanceTransaction,
  toStripeBalanceTransaction,
} from './customer-balance.ts';
import { requireCustomer } from './customers.ts';

const returns = { kind: 'customer_balance_transaction', list: false };

export const customerBalanceRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/customers/:customer/balance_transactions',
    fidelity: 'exact',
    returns,
    params: {
      amount: integer({ min: -999_999_999_999, max: 999_999_999_999 }),
      currency: currency(),
      description: clearable(string({ maxLength: 350 })),
      metadata: metadata(),
    },
    handle(world, params, path) {
      const customer = requireCustomer(world, path.customer, 'id');
      if (customer.currency !== null && customer.currency !== params.currency) {
        throw invalidRequest(
          `You cannot combine currencies on a single customer. This customer has had a subscription, coupon, or invoice item with currency ${customer.currency}`,
          { param: 'currency' },
        );
      }
      const entry = moveBalance(world, {
        customerId: customer.id,
        amountMinor: params.amount,
        currency: params.currency,
        type: 'adjustment',
        invoiceId: null,
        description: params.description ?? null,
        metadata: mergeMetadata({}, params.metadata),
      });
      return toStripeBalanceTransaction(entry);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/customers/:customer/balance_transactions/:id',
    fidelity: 'exact',
    returns,
    handle: (world, _params, { customer, id }) =>
      toStripeBalanceTransaction(requireBalanceTransaction(world, customer, id)),
  }),
  route({
    method: 'GET',
    path: '/v1/customers/:customer/balance_transactions',
    fidelity: 'exact',
    returns: { ...returns, list: true },
    params: { ...pageParams, created: optional(timeRange()), invoice: optional(string()) },
    handle(world, params, path) {
      const customer = requireCustomer(world, path.customer, 'id');
      const rows = balanceTransactionsOf(world, customer.id)
        .filter(
          (entry) =>
            (params.invoice === undefined || entry.invoiceId === params.invoice) &&
            (params.created === undefined || params.created(entry.createdSec)),
        )
        .reverse();
      return paginate(rows, params, {
        url: `/v1/customers/${customer.id}/balance_transactions`,
        noun: 'customer balance transaction',
        toStripe: toStripeBalanceTransaction,
      });
    },
  }),
];
