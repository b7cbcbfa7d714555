import type Stripe from 'stripe';
import { resourceMissing } from '../protocol/errors.ts';
import { pageParams, paginate } from '../protocol/paging.ts';
import { currency, optional, string, timeRange } from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import { defineTable } from '../table.ts';
import type { Wire } from '../wire.ts';
import type { World } from '../world.ts';

/** A movement of the account's own balance, in minor units; `amountMinor` is negative for money that leaves. */
export interface BalanceTransactionState {
  id: string;
  createdSec: number;
  type:
    | 'adjustment'
    | 'charge'
    | 'payment'
    | 'payment_failure_refund'
    | 'payment_refund'
    | 'refund'
    | 'refund_failure';
  reportingCategory: string;
  amountMinor: number;
  feeMinor: number;
  currency: string;
  description: string | null;
  sourceId: string;
}

export const balanceTransactions = defineTable<BalanceTransactionState>();

/** Two business days, roughly: when money becomes available. */
const AVAILABLE_AFTER_SEC = 2 * 86_400;

/** Stripe's standard fee of 2.9 % and 30, in minor units of any currency (assumption). */
export function chargeFeeMinor(amountMinor: number): number {
  return Math.floor((amountMinor * 29 + 500) / 1_000) + 30;
}

/** Records a movement. */
export function moveBalance(
  world: World,
  input: Omit<BalanceTransactionState, 'id' | 'createdSec'>,
): BalanceTransactionState {
  return balanceTransactions(world).put({
    ...input,
    id: world.ids.next('txn_'),
    createdSec: world.ownNowSec(),
  });
}

export function requireBalanceTransaction(world: World, id: string): BalanceTransactionState {
  const found = balanceTransactions(world).get(id);
  if (found === undefined) throw resourceMissing('balance_transaction', id);
  return found;
}

export function toStripeBalanceTransaction(world: World, transaction: BalanceTransactionState) {
  const availableSec = transaction.createdSec + AVAILABLE_AFTER_SEC;
  return {
    id: transaction.id,
    object: 'balance_transaction',
    amount: transaction.amountMinor,
    available_on: availableSec,
    balance_type: 'payments',
    created: transaction.createdSec,
    currency: transaction.currency,
    description: transaction.description,
    exchange_rate: null,
    fee: transaction.feeMinor,
    fee_details:
      transaction.feeMinor === 0
        ? []
        : [
            {
              amount: transaction.feeMinor,
              application: null,
              currency: transaction.currency,
              description: transaction.type === 'adjustment' ? 'Dispute fee' : 'Stripe processing fees',
              type: 'stripe_fee',
            },
          ],
    net: transaction.amountMinor - transaction.feeMinor,
    reporting_category: transaction.reportingCategory,
    source: transaction.sourceId,
    status: world.ownNowSec() < availableSec ? 'pending' : 'available',
    type: transaction.type,
  } satisfies Wire<Stripe.BalanceTransaction>;
}

export const balanceTransactionRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/v1/balance_transactions/:id',
    fidelity: 'simplified',
    note: 'of charges, refunds and disputes; the standard fee, in one currency',
    handle: (world, _params, { id }) =>
      toStripeBalanceTransaction(world, requireBalanceTransaction(world, id)),
  }),
  route({
    method: 'GET',
    path: '/v1/balance_transactions',
    fidelity: 'simplified',
    note: 'filters created, currency, source and type; no payouts',
    returns: { kind: 'balance_transaction', list: true },
    params: {
      ...pageParams,
      created: optional(timeRange()),
      currency: optional(currency()),
      source: optional(string()),
      type: optional(string()),
    },
    missing: ['payout'],
    handle(world, params) {
      const rows = balanceTransactions(world)
        .newestFirst()
        .filter(
          (row) =>
            (params.created === undefined || params.created(row.createdSec)) &&
            (params.currency === undefined || row.currency === params.currency) &&
            (params.source === undefined || row.sourceId === params.source) &&
            (params.type === undefined || row.type === params.type),
        );
      return paginate(rows, params, {
        url: '/v1/balance_transactions',
        noun: 'balance transaction',
        toStripe: (row) => toStripeBalanceTransaction(world, row),
      });
    },
  }),
];
