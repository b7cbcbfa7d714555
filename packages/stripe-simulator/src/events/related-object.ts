import type { RelatedObject } from './events.ts';

const COLLECTIONS: ReadonlyMap<string, string> = new Map([
  ['billing.alert', 'billing/alerts'],
  ['billing.credit_balance_transaction', 'billing/credit_balance_transactions'],
  ['billing.credit_grant', 'billing/credit_grants'],
  ['billing.meter', 'billing/meters'],
  ['billing_portal.configuration', 'billing_portal/configurations'],
  ['billing_portal.session', 'billing_portal/sessions'],
  ['charge', 'charges'],
  ['checkout.session', 'checkout/sessions'],
  ['coupon', 'coupons'],
  ['credit_note', 'credit_notes'],
  ['customer', 'customers'],
  ['dispute', 'disputes'],
  ['invoice', 'invoices'],
  ['invoice_payment', 'invoice_payments'],
  ['invoiceitem', 'invoiceitems'],
  ['payment_intent', 'payment_intents'],
  ['payment_method', 'payment_methods'],
  ['plan', 'plans'],
  ['price', 'prices'],
  ['product', 'products'],
  ['promotion_code', 'promotion_codes'],
  ['refund', 'refunds'],
  ['setup_intent', 'setup_intents'],
  ['subscription', 'subscriptions'],
  ['subscription_schedule', 'subscription_schedules'],
  ['tax_rate', 'tax_rates'],
  ['test_helpers.test_clock', 'test_helpers/test_clocks'],
]);

/**
 * What a thin event points to for this wire object: the object itself, or the alert of a triggered alert. `null` for
 * an object without a resource of its own.
 */
export function relatedObjectOf(object: object): RelatedObject | null {
  const wire = new Map<string, unknown>(Object.entries(object));
  const type = wire.get('object');
  const alert = wire.get('alert');
  if (type === 'billing.alert_triggered' && typeof alert === 'object' && alert !== null)
    return relatedObjectOf(alert);
  const id = wire.get('id');
  if (typeof id !== 'string' || typeof type !== 'string') return null;
  const collection = COLLECTIONS.get(type);
  return collection === undefined ? null : { id, type, url: `/v1/${collection}/${id}` };
}
