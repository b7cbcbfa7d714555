import { emit, emitUpdate } from '../events/emit.ts';
import { toStripeCustomer } from '../resources/customer-view.ts';
import { customers } from '../resources/customers.ts';
import {
  type InvoicePaymentState,
  invoicePayments,
  paymentsOfInvoice,
  toStripeInvoicePayment,
} from '../resources/invoice-payments.ts';
import { type InvoiceState, invoiceAmounts, invoices } from '../resources/invoices.ts';
import { type SubscriptionState, subscriptions } from '../resources/subscriptions.ts';
import type { World } from '../world.ts';
import { changeInvoice } from './invoice-events.ts';
import { changeSubscription } from './subscription-events.ts';

/** Days after a failed automatic charge at which it is tried again; afterwards the invoice stays open (assumption). */
export const RETRY_DAYS = [3, 5, 7];

/** Remembers that a payment intent stands for an invoice; the same intent tried again keeps its one record. */
export function recordInvoicePayment(
  world: World,
  invoice: InvoiceState,
  paymentIntentId: string,
): InvoicePaymentState {
  const known = paymentsOfInvoice(world, invoice.id).find(
    (payment) => payment.paymentIntentId === paymentIntentId,
  );
  if (known !== undefined) return known;
  return invoicePayments(world).put({
    id: world.ids.next('inpay_'),
    createdSec: world.nowSecFor(invoice.customerId),
    invoiceId: invoice.id,
    paymentIntentId,
    amountRequestedMinor: invoiceAmounts(world, invoice).dueMinor,
    currency: invoice.currency,
    status: 'open',
    paidSec: null,
    canceledSec: null,
  });
}

/** The outcome of a payment that was still open when the charge returned. Does nothing once the invoice is settled. */
export function settleInvoicePayment(
  world: World,
  outcome: { invoiceId: string; paymentIntentId: string; succeeded: boolean },
): void {
  const invoice = invoices(world).get(outcome.invoiceId);
  if (invoice === undefined || (invoice.status !== 'open' && invoice.status !== 'uncollectible')) return;
  recordInvoicePayment(world, invoice, outcome.paymentIntentId);
  if (outcome.succeeded) markPaid(world, invoice, outcome.paymentIntentId);
  else markFailed(world, invoice, null);
}

/** Settles an open invoice: by a payment intent, or by other means when there is none. */
export function markPaid(world: World, invoice: InvoiceState, paymentIntentId: string | null): InvoiceState {
  const nowSec = world.nowSecFor(invoice.customerId);
  for (const payment of paymentsOfInvoice(world, invoice.id)) {
    if (payment.status !== 'open') continue;
    const own = payment.paymentIntentId === paymentIntentId;
    const settled = invoicePayments(world).put({
      ...payment,
      status: own ? 'paid' : 'canceled',
      paidSec: own ? nowSec : null,
      canceledSec: own ? null : nowSec,
    });
    if (!own) continue;
    emit(world, {
      type: 'invoice_payment.paid',
      object: toStripeInvoicePayment(settled),
      customerId: invoice.customerId,
    });
  }
  const paid = changeInvoice(
    world,
    {
      ...invoice,
      status: 'paid',
      paidSec: nowSec,
      nextAttemptSec: null,
      amountPaidMinor: invoiceAmounts(world, invoice).dueMinor,
    },
    'invoice.paid',
    'invoice.payment_succeeded',
  );
  followPaid(world, paid);
  return paid;
}

/** What an invoice that is paid means to its customer and its subscription, also when there was nothing to pay. */
export function followPaid(world: World, invoice: InvoiceState): void {
  setDelinquent(world, invoice.customerId, false);
  followSubscription(world, invoice, true);
}

/** Notes a failed attempt; `nextAttemptSec` is when the automatic charge follows, if it does. */
export function markFailed(
  world: World,
  invoice: InvoiceState,
  nextAttemptSec: number | null,
  actionRequired = false,
): InvoiceState {
  const failed = changeInvoice(
    world,
    { ...invoice, nextAttemptSec },
    'invoice.payment_failed',
    ...(actionRequired ? (['invoice.payment_action_required'] as const) : []),
  );
  setDelinquent(world, invoice.customerId, true);
  followSubscription(world, failed, false);
  return failed;
}

function setDelinquent(world: World, customerId: string, delinquent: boolean): void {
  const customer = customers(world).get(customerId);
  if (customer === undefined || customer.delinquent === delinquent || customer.deleted) return;
  const before = toStripeCustomer(world, customer);
  const after = toStripeCustomer(world, customers(world).put({ ...customer, delinquent }));
  emitUpdate(world, { type: 'customer.updated', before, after, customerId });
}

/**
 * What is left of a failed payment once its invoice is voided or given up: the subscription's latest invoice that is
 * not void decides whether it is still past due. Giving an invoice up clears `delinquent`, as Stripe documents; voiding
 * one does when no other open invoice was tried in vain (assumption).
 */
export function followGivenUp(world: World, invoice: InvoiceState): void {
  const { customerId, subscriptionId } = invoice;
  const owes = ({ status, attempts, ...other }: InvoiceState): boolean =>
    other.customerId === customerId && status === 'open' && attempts > 0;
  if (invoice.status === 'uncollectible' || !invoices(world).newestFirst().some(owes))
    setDelinquent(world, customerId, false);
  const subscription = subscriptionId === null ? undefined : subscriptions(world).get(subscriptionId);
  if (subscription?.status !== 'past_due') return;
  const deciding = decidingInvoice(world, subscription.id);
  if (deciding === undefined || deciding.status === 'paid' || deciding.status === 'uncollectible')
    changeSubscription(world, { ...subscription, status: goodStatus(world, subscription) });
}

/** The latest invoice that a subscription made, voided ones passed over. */
function decidingInvoice(world: World, subscriptionId: string): InvoiceState | undefined {
  return invoices(world)
    .newestFirst()
    .find(
      (invoice) =>
        invoice.subscriptionId === subscriptionId &&
        invoice.billingReason !== 'manual' &&
        invoice.status !== 'void' &&
        !invoice.deleted,
    );
}

function goodStatus(world: World, { trial, customerId }: SubscriptionState): 'active' | 'trialing' {
  return (trial?.endSec ?? 0) > world.nowSecFor(customerId) ? 'trialing' : 'active';
}

/** A first payment decides whether a subscription starts; later ones whether it is past due. */
export function followSubscription(world: World, invoice: InvoiceState, paid: boolean): void {
  const subscription =
    invoice.subscriptionId === null ? undefined : subscriptions(world).get(invoice.subscriptionId);
  if (subscription === undefined) return;
  const { status } = subscription;
  if (
    paid &&
    (status === 'incomplete' || status === 'past_due') &&
    decidingInvoice(world, subscription.id)?.id === invoice.id
  )
    changeSubscription(world, { ...subscription, status: goodStatus(world, subscription) });
  if (!paid && status === 'active' && invoice.billingReason !== 'subscription_create')
    changeSubscription(world, { ...subscription, status: 'past_due' });
}
