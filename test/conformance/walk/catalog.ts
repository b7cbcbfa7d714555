import type { Walker } from './context.ts';

/** Customers, products and prices: every call that keeps them. */
export async function walkCatalog({ stripe }: Walker): Promise<void> {
  const customer = await stripe.customers.create({
    name: 'Ada Lovelace',
    email: 'ada@example.com',
    phone: '+3612345678',
    description: 'First of her kind',
    address: { line1: '1 Main Street', city: 'Budapest', country: 'HU', postal_code: '1011' },
    preferred_locales: ['hu', 'en'],
    metadata: { plan: 'pro' },
  });
  await stripe.customers.retrieve(customer.id);
  await stripe.customers.update(customer.id, { name: 'Ada King', metadata: { plan: '' } });
  await stripe.customers.list({ email: 'ada@example.com' });
  const credit = await stripe.customers.createBalanceTransaction(customer.id, {
    amount: -500,
    currency: 'usd',
    description: 'Goodwill',
  });
  await stripe.customers.retrieveBalanceTransaction(customer.id, credit.id);
  await stripe.customers.listBalanceTransactions(customer.id);
  const leaving = await stripe.customers.create({});
  await stripe.customers.del(leaving.id);
  await stripe.customers.retrieve(leaving.id);

  const product = await stripe.products.create({
    name: 'Requests',
    description: 'Calls',
    unit_label: 'request',
  });
  await stripe.products.retrieve(product.id);
  await stripe.products.update(product.id, { name: 'API requests' });
  await stripe.products.list({ active: true });
  const unwanted = await stripe.products.create({ name: 'Not for sale' });
  await stripe.products.del(unwanted.id);

  const flat = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 500,
    product: product.id,
    lookup_key: 'walk-flat',
  });
  await stripe.prices.create({
    currency: 'usd',
    product: product.id,
    recurring: { interval: 'month' },
    billing_scheme: 'tiered',
    tiers_mode: 'graduated',
    tiers: [
      { up_to: 10, unit_amount: 5 },
      { up_to: 'inf', unit_amount: 3, flat_amount: 100 },
    ],
    expand: ['tiers'],
  });
  await stripe.prices.create({
    currency: 'usd',
    product: product.id,
    unit_amount: 300,
    transform_quantity: { divide_by: 100, round: 'up' },
    recurring: { interval: 'year' },
  });
  await stripe.prices.retrieve(flat.id, { expand: ['product'] });
  await stripe.prices.update(flat.id, { nickname: 'Flat' });
  await stripe.prices.list({ lookup_keys: ['walk-flat'] });

  const plan = await stripe.plans.create({
    currency: 'usd',
    interval: 'month',
    amount: 900,
    product: { name: 'Plan' },
  });
  await stripe.plans.retrieve(plan.id);
  await stripe.plans.list();
}
