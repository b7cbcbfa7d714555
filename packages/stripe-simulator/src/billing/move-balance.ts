import { emitUpdate } from '../events/emit.ts';
import { type BalanceTransaction, postBalanceTransaction } from '../resources/customer-balance.ts';
import { toStripeCustomer } from '../resources/customer-view.ts';
import { customers } from '../resources/customers.ts';
import type { World } from '../world.ts';

/** Appends to a customer's balance and tells of the change (`customer.updated`). */
export function moveBalance(
  world: World,
  entry: Omit<BalanceTransaction, 'id' | 'createdSec' | 'endingBalanceMinor'>,
): BalanceTransaction {
  const { customerId } = entry;
  const seen = () => {
    const customer = customers(world).get(customerId);
    return customer === undefined ? {} : toStripeCustomer(world, customer);
  };
  const before = seen();
  const posted = postBalanceTransaction(world, entry);
  emitUpdate(world, { type: 'customer.updated', before, after: seen(), customerId });
  return posted;
}
