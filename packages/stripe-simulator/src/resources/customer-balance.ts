import type Stripe from 'stripe';
import { resourceMissing } from '../protocol/errors.ts';
import { perWorld } from '../table.ts';
import type { Wire } from '../wire.ts';
import type { World } from '../world.ts';
import { settleCurrency } from './customers.ts';

export type BalanceTransactionType =
  | 'adjustment'
  | 'applied_to_invoice'
  | 'invoice_too_small'
  | 'unapplied_from_invoice';

/** One entry of a customer's append-only balance ledger: negative amounts are the customer's money. */
export interface BalanceTransaction {
  id: string;
  customerId: string;
  createdSec: number;
  amountMinor: number;
  currency: string;
  endingBalanceMinor: number;
  type: BalanceTransactionType;
  invoiceId: string | null;
  description: string | null;
  metadata: Record<string, string>;
}

const ledgers = perWorld<Map<string, BalanceTransaction[]>>(() => new Map(), {
  journaled: true,
});

/** The entries of a customer, oldest first. */
export function balanceTransactionsOf(world: World, customerId: string): readonly BalanceTransaction[] {
  return ledgers(world).get(customerId) ?? [];
}

/** What the customer owes (positive) or has (negative) beside its invoices: Σ of its transactions. */
export function customerBalance(world: World, customerId: string): number {
  return balanceTransactionsOf(world, customerId).reduce((sum, { amountMinor }) => sum + amountMinor, 0);
}

/** Appends an entry; it fixes the customer's currency if that was open. */
export function postBalanceTransaction(
  world: World,
  entry: Omit<BalanceTransaction, 'id' | 'createdSec' | 'endingBalanceMinor'>,
): BalanceTransaction {
  settleCurrency(world, entry.customerId, entry.currency);
  const posted: BalanceTransaction = {
    ...entry,
    id: world.ids.next('cbtxn_'),
    createdSec: world.nowSecFor(entry.customerId),
    endingBalanceMinor: customerBalance(world, entry.customerId) + entry.amountMinor,
  };
  const own = ledgers(world).get(entry.customerId) ?? [];
  ledgers(world).set(entry.customerId, own);
  own.push(posted);
  world.onUndo(() => own.pop());
  return posted;
}

/** The transaction of a customer with this id, or Stripe's 404. */
export function requireBalanceTransaction(world: World, customerId: string, id: string): BalanceTransaction {
  const found = balanceTransactionsOf(world, customerId).find((entry) => entry.id === id);
  if (found === undefined) throw resourceMissing('customer balance transaction', id);
  return found;
}

export function toStripeBalanceTransaction(entry: BalanceTransaction) {
  return {
    id: entry.id,
    object: 'customer_balance_transaction',
    amount: entry.amountMinor,
    checkout_session: null,
    created: entry.createdSec,
    credit_note: null,
    currency: entry.currency,
    customer: entry.customerId,
    customer_account: null,
    description: entry.description,
    ending_balance: entry.endingBalanceMinor,
    invoice: entry.invoiceId,
    livemode: false,
    metadata: entry.metadata,
    type: entry.type,
  } satisfies Wire<Stripe.CustomerBalanceTransaction>;
}
