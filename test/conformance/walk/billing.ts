import { subscribed, use, type Walker } from './context.ts';

/** Subscriptions and their invoices, from the first preview to payment and voiding. */
export async function walkBilling(walker: Walker): Promise<void> {
  const { stripe, sim } = walker;
  const { price, customer, subscription } = await subscribed(walker, 'walk_billing');
  await stripe.subscriptions.retrieve(subscription.id);
  await stripe.subscriptions.update(subscription.id, { description: 'Usage', metadata: { tier: 'gold' } });
  await stripe.subscriptions.list({ customer: customer.id });
  await use(walker, 'walk_billing', customer.id, 700);
  await stripe.invoices.createPreview({ subscription: subscription.id });

  const leaving = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
  await stripe.subscriptions.cancel(leaving.id, { invoice_now: true });

  const periodEnd = subscription.items.data[0]?.current_period_end ?? 0;
  await sim.advanceTo(periodEnd * 1_000 + 60_000);
  const [draft] = (await stripe.invoices.list({ customer: customer.id, status: 'draft' })).data;
  if (draft === undefined) throw new Error('The renewal left no draft to walk on with.');
  await stripe.invoices.retrieve(draft.id);
  await stripe.invoices.listLineItems(draft.id);
  await stripe.invoices.finalizeInvoice(draft.id, { auto_advance: false });
  await stripe.invoices.pay(draft.id);

  const byHand = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    collection_method: 'send_invoice',
    days_until_due: 14,
  });
  await use(walker, 'walk_billing', customer.id, 900);
  await sim.advance(3_600_000);
  await stripe.subscriptions.cancel(byHand.id, { invoice_now: true });
  await sim.advance(2 * 3_600_000);
  const [open] = (await stripe.invoices.list({ customer: customer.id, status: 'open' })).data;
  if (open === undefined) throw new Error('The invoice that is sent does not wait open.');
  await stripe.invoices.voidInvoice(open.id);
}

/** Invoices made by hand, their items and payments. */
export async function walkInvoices(walker: Walker): Promise<void> {
  const { stripe, sim } = walker;
  const customer = await stripe.customers.create({ name: 'One-off', email: 'one@example.com' });
  await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
  const item = await stripe.invoiceItems.create({
    customer: customer.id,
    amount: 4_200,
    currency: 'usd',
    description: 'Onboarding',
  });
  await stripe.invoiceItems.retrieve(item.id);
  await stripe.invoiceItems.update(item.id, { description: 'Onboarding, two days' });
  await stripe.invoiceItems.list({ customer: customer.id, pending: true });
  const dropped = await stripe.invoiceItems.create({ customer: customer.id, amount: 100, currency: 'usd' });
  await stripe.invoiceItems.del(dropped.id);
  const make = () =>
    stripe.invoices.create({
      customer: customer.id,
      collection_method: 'send_invoice',
      days_until_due: 14,
      pending_invoice_items_behavior: 'include',
      auto_advance: false,
    });
  const invoice = await make();
  await stripe.invoices.update(invoice.id, { description: 'Walked', metadata: { order: '7' } });
  await stripe.invoices.finalizeInvoice(invoice.id, { auto_advance: false });
  await stripe.invoices.sendInvoice(invoice.id);
  await stripe.invoices.pay(invoice.id, { payment_method: 'pm_card_visa' });
  const { data: payments } = await stripe.invoicePayments.list({ invoice: invoice.id });
  await stripe.invoicePayments.retrieve(payments[0]?.id ?? '');

  await stripe.invoiceItems.create({ customer: customer.id, amount: 800, currency: 'usd' });
  const lost = await make();
  await stripe.invoices.finalizeInvoice(lost.id, { auto_advance: false });
  await stripe.invoices.markUncollectible(lost.id);
  const draft = await make();
  await stripe.invoices.del(draft.id);
  await sim.advance(60_000);
}

/** Subscription items, a change of plan with proration, and the change of billing mode. */
export async function walkSubscriptionItems(walker: Walker): Promise<void> {
  const { stripe } = walker;
  const { customer, subscription } = await subscribed(walker, 'walk_items');
  const seat = (minor: number) =>
    stripe.prices.create({
      currency: 'usd',
      unit_amount: minor,
      product_data: { name: `Seat at ${minor}` },
      recurring: { interval: 'month' },
    });
  const [small, large] = [await seat(1_000), await seat(2_500)];
  const item = await stripe.subscriptionItems.create({
    subscription: subscription.id,
    price: small.id,
    quantity: 2,
  });
  await stripe.subscriptionItems.retrieve(item.id);
  await stripe.subscriptionItems.update(item.id, { price: large.id, quantity: 1 });
  await stripe.subscriptionItems.list({ subscription: subscription.id });
  await stripe.invoices.createPreview({ customer: customer.id, subscription: subscription.id });
  await stripe.subscriptionItems.del(item.id);
  const classic = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: small.id }],
    billing_mode: { type: 'classic' },
    trial_period_days: 7,
  });
  await stripe.subscriptions.migrate(classic.id, { billing_mode: { type: 'flexible' } });
}
