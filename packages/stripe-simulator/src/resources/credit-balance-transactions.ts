import { ledgerEntries } from '../billing/credit-ledger.ts';
import type { LedgerEntry } from '../billing/ledger-entry.ts';
import { invalidRequest, resourceMissing } from '../protocol/errors.ts';
import { pageParams, paginate } from '../protocol/paging.ts';
import { optional, string } from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import type { World } from '../world.ts';
import { toStripeCreditBalanceTransaction } from './credit-balance-transaction-view.ts';
import { requireGrant } from './credit-grants.ts';
import { requireCustomer } from './customers.ts';

const returns = { kind: 'billing.credit_balance_transaction', list: false };

/** The transaction with this id, or Stripe's 404. */
export function requireTransaction(world: World, id: string): LedgerEntry {
  const entry = ledgerEntries(world).find((candidate) => candidate.id === id);
  if (entry === undefined) throw resourceMissing('credit balance transaction', id);
  return entry;
}

export const creditBalanceTransactionRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/v1/billing/credit_balance_transactions',
    fidelity: 'exact',
    note: 'no customer accounts',
    returns: { ...returns, list: true },
    params: { ...pageParams, customer: optional(string()), credit_grant: optional(string()) },
    missing: ['customer_account'],
    handle(world, params) {
      if (params.customer === undefined) {
        throw invalidRequest('Missing required param: customer.', {
          code: 'parameter_missing',
          param: 'customer',
        });
      }
      const customer = requireCustomer(world, params.customer);
      if (params.credit_grant !== undefined) requireGrant(world, params.credit_grant, 'credit_grant');
      const rows = ledgerEntries(world)
        .filter(
          (entry) =>
            entry.customerId === customer.id &&
            (params.credit_grant === undefined || entry.grantId === params.credit_grant),
        )
        .reverse();
      return paginate(rows, params, {
        url: '/v1/billing/credit_balance_transactions',
        noun: 'credit balance transaction',
        toStripe: toStripeCreditBalanceTransaction,
      });
    },
  }),
  route({
    method: 'GET',
    path: '/v1/billing/credit_balance_transactions/:id',
    fidelity: 'exact',
    returns,
    handle: (world, _params, { id }) => toStripeCreditBalanceTransaction(requireTransaction(world, id)),
  }),
];
