import type { FormMap } from '../protocol/form.ts';
import type { World } from '../world.ts';
import { creditGrants } from './credit-grants.ts';
import { customers } from './customers.ts';
import { invoiceItems } from './invoice-items.ts';
import { invoices } from './invoices.ts';
import { subscriptions } from './subscriptions.ts';

type Owner = (world: World, id: string) => string | undefined;

/** By the id's prefix: whose object it is. */
const OWNERS: ReadonlyMap<string, Owner> = new Map<string, Owner>([
  ['cus', (world, id) => customers(world).get(id)?.id],
  ['sub', (world, id) => subscriptions(world).get(id)?.customerId],
  ['si', subscriptionItemOwner],
  ['ii', (world, id) => invoiceItems(world).get(id)?.customerId],
  ['in', (world, id) => invoices(world).get(id)?.customerId],
  ['credgr', (world, id) => creditGrants(world).get(id)?.customerId],
]);

const PARAMS = ['customer', 'subscription', 'invoice', 'subscription_item', 'credit_grant'] as const;

/**
 * Whose request it is: the customer that its parameters or the ids in its path lead to. `null` when they lead to
 * nobody; unknown ids are for the route to refuse.
 */
export function ownerOf(world: World, form: FormMap, path: Map<string, string>): string | null {
  for (const id of path.values()) {
    const owner = ownerById(world, id);
    if (owner !== undefined) return owner;
  }
  for (const name of PARAMS) {
    const id = form.get(name);
    const owner = typeof id === 'string' ? ownerById(world, id) : undefined;
    if (owner !== undefined) return owner;
  }
  return null;
}

function ownerById(world: World, id: string): string | undefined {
  const prefix = id.slice(0, Math.max(0, id.indexOf('_')));
  return OWNERS.get(prefix)?.(world, id);
}

function subscriptionItemOwner(world: World, id: string): string | undefined {
  return subscriptions(world)
    .oldestFirst()
    .find(({ items }) => items.some((item) => item.id === id))?.customerId;
}
