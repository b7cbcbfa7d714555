import { startSubscription } from '../billing/start-subscription.ts';
import { createCustomer } from '../resources/customers.ts';
import { createMeter, type MeterState } from '../resources/meters.ts';
import { createPrice, type PriceInput, type PriceState } from '../resources/prices.ts';
import { createProduct } from '../resources/products.ts';
import type { World } from '../world.ts';

export const HOUR_SEC = 3_600;
export const DAY_SEC = 86_400;

/** A customer of a scenario, with what it subscribes to. */
export interface ScenarioCustomer {
  id: string;
  name: string;
  email: string;
  subscriptionIds: readonly string[];
}

/** One metered thing for sale: a meter and its price. */
export interface MeteredProduct {
  meter: MeterState;
  price: PriceState;
}

type Terms = Omit<PriceInput, 'currency' | 'productId' | 'recurring'>;

/** A meter with a monthly metered price; `terms` say what a unit costs. */
export function sellMetered(
  world: World,
  what: {
    name: string;
    eventName: string;
    formula?: MeterState['formula'];
    currency?: string;
    meter?: MeterState;
    terms: Terms;
  },
): MeteredProduct {
  const { name, eventName, formula = 'sum', currency = 'usd', terms } = what;
  const meter = what.meter ?? createMeter(world, { displayName: name, eventName, formula });
  const price = createPrice(world, {
    ...terms,
    currency,
    productId: createProduct(world, { name }).id,
    nickname: terms.nickname ?? name,
    recurring: { interval: 'month', intervalCount: 1, usageType: 'metered', meterId: meter.id },
  });
  return { meter, price };
}

/** A new customer; its address at example.com is made from its name. */
export function addCustomer(world: World, name: string): ScenarioCustomer {
  const email = `billing@${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.example`;
  const { id } = createCustomer(world, { name, email });
  return { id, name, email, subscriptionIds: [] };
}

/** Subscribes to these prices from now on and returns the customer with the subscription added. */
export function subscribe(
  world: World,
  customer: ScenarioCustomer,
  prices: readonly PriceState[],
): ScenarioCustomer {
  const subscription = startSubscription(world, {
    customerId: customer.id,
    items: prices.map(({ id }) => ({ priceId: id })),
  });
  return { ...customer, subscriptionIds: [...customer.subscriptionIds, subscription.id] };
}
