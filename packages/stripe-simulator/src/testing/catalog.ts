import type Stripe from 'stripe';
import { START_SEC } from './connect.ts';

/** Unix seconds of an ISO date in UTC. */
export function sec(date: string): number {
  return Date.parse(date.length === 10 ? `${date}T00:00:00Z` : date) / 1_000;
}

/** The date of a Unix second, UTC. */
export function day(atSec: number | null | undefined): string {
  return new Date((atSec ?? 0) * 1_000).toISOString().slice(0, 10);
}

type PriceParams = Stripe.PriceCreateParams;

/** A licensed recurring price; 10.00 USD a month unless told otherwise. */
export function licensed(stripe: Stripe, more: Partial<PriceParams> = {}): Promise<Stripe.Price> {
  const amount =
    more.unit_amount_decimal === undefined && more.tiers === undefined ? { unit_amount: 1_000 } : {};
  return stripe.prices.create({
    currency: 'usd',
    product_data: { name: 'Seat' },
    recurring: { interval: 'month' },
    ...amount,
    ...more,
  });
}

/** A meter that sums. */
export function sumMeter(stripe: Stripe, eventName = 'units'): Promise<Stripe.Billing.Meter> {
  return stripe.billing.meters.create({
    display_name: eventName,
    event_name: eventName,
    default_aggregation: { formula: 'sum' },
  });
}

/** A metered price on a meter; 1.00 USD per unit and month unless told otherwise. */
export function metered(
  stripe: Stripe,
  meterId: string,
  more: Partial<PriceParams> = {},
): Promise<Stripe.Price> {
  const amount =
    more.unit_amount_decimal === undefined && more.tiers === undefined ? { unit_amount: 100 } : {};
  return stripe.prices.create({
    currency: 'usd',
    product_data: { name: 'Units' },
    recurring: { interval: 'month', usage_type: 'metered', meter: meterId },
    ...amount,
    ...more,
  });
}

/** A customer whose payments succeed, or end as the named test card makes them. */
export async function customerWith(stripe: Stripe, method?: string): Promise<Stripe.Customer> {
  const customer = await stripe.customers.create({ email: 'ada@example.com' });
  if (method === undefined) return customer;
  const attached = await stripe.paymentMethods.attach(method, { customer: customer.id });
  return stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: attached.id } });
}

/** A customer's invoices, oldest first. */
export async function invoicesOf(stripe: Stripe, customer: string): Promise<Stripe.Invoice[]> {
  const all = await stripe.invoices.list({ customer, limit: 100 }).autoPagingToArray({ limit: 1_000 });
  return all.reverse();
}

/** Amount and words of every line. */
export function lineTexts(invoice: Stripe.Invoice | null | undefined): string[] {
  return (invoice?.lines.data ?? []).map((line) => `${line.amount} ${line.description}`);
}

/** Milliseconds of a number of days after the start of frozen tests. */
export function afterDays(days: number): number {
  return (START_SEC + days * 86_400) * 1_000;
}
