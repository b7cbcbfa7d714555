import type Stripe from 'stripe';

/** The types of all events so far, oldest first, without those of setting up customers, products and prices. */
export async function eventTypes(stripe: Stripe): Promise<string[]> {
  const { data } = await stripe.events.list({ limit: 100 });
  return data
    .map(({ type }): string => type)
    .reverse()
    .filter((type) => !/^(customer|product|price)\./.test(type));
}

/** A customer with a payment method, which is also the default of its invoices. */
export async function payer(
  stripe: Stripe,
  alias = 'pm_card_visa',
): Promise<{ id: string; methodId: string }> {
  const customer = await stripe.customers.create({ name: 'Ada', email: 'ada@example.com' });
  const method = await stripe.paymentMethods.attach(alias, { customer: customer.id });
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } });
  return { id: customer.id, methodId: method.id };
}

/** A confirmed payment of 20 dollars with a test method. */
export function pay(
  stripe: Stripe,
  paymentMethod: string,
  more: Partial<Stripe.PaymentIntentCreateParams> = {},
): Promise<Stripe.PaymentIntent> {
  return stripe.paymentIntents.create({
    amount: 2_000,
    currency: 'usd',
    payment_method: paymentMethod,
    confirm: true,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    ...more,
  });
}

/** The id of something that may be expanded. */
export function idOf(value: string | { id: string } | null | undefined): string {
  if (value == null) throw new Error('There is no id.');
  return typeof value === 'string' ? value : value.id;
}
