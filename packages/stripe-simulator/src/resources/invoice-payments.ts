import type Stripe from 'stripe';
import { resourceMissing } from '../protocol/errors.ts';
import { pageParams, paginate } from '../protocol/paging.ts';
import { object, oneOf, optional, string, timeRange } from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import { defineTable } from '../table.ts';
import type { Wire } from '../wire.ts';
import type { World } from '../world.ts';
import { requireInvoice } from './invoices.ts';
import { clientSecretOf, paymentIntents } from './payment-intents.ts';

/** One payment intent's part in paying an invoice. */
export interface InvoicePaymentState {
  id: string;
  createdSec: number;
  invoiceId: string;
  paymentIntentId: string;
  amountRequestedMinor: number;
  currency: string;
  status: 'canceled' | 'open' | 'paid';
  paidSec: number | null;
  canceledSec: number | null;
}

export const invoicePayments = defineTable<InvoicePaymentState>();

/** The payments of an invoice, oldest first. */
export function paymentsOfInvoice(world: World, invoiceId: string): InvoicePaymentState[] {
  return invoicePayments(world)
    .oldestFirst()
    .filter((payment) => payment.invoiceId === invoiceId);
}

export function toStripeInvoicePayment(payment: InvoicePaymentState) {
  return {
    id: payment.id,
    object: 'invoice_payment',
    amount_paid: payment.status === 'paid' ? payment.amountRequestedMinor : null,
    amount_requested: payment.amountRequestedMinor,
    created: payment.createdSec,
    currency: payment.currency,
    invoice: payment.invoiceId,
    is_default: true,
    livemode: false,
    payment: { payment_intent: payment.paymentIntentId, type: 'payment_intent' },
    status: payment.status,
    status_transitions: { canceled_at: payment.canceledSec, paid_at: payment.paidSec },
  } satisfies Wire<Stripe.InvoicePayment>;
}

/** The payments of an invoice as a list, which invoices show only when `payments` is expanded. */
export function revealPayments(world: World, owner: Record<string, unknown>) {
  const id = String(owner.id);
  return paginate(
    paymentsOfInvoice(world, id).reverse(),
    { limit: 10, starting_after: undefined, ending_before: undefined },
    {
      url: `/v1/invoice_payments?invoice=${id}`,
      noun: 'invoice payment',
      toStripe: toStripeInvoicePayment,
    },
  );
}

/** What a browser confirms an open invoice's payment with; shown only when `confirmation_secret` is expanded. */
export function revealConfirmationSecret(world: World, owner: Record<string, unknown>) {
  const open = paymentsOfInvoice(world, String(owner.id)).findLast((payment) => payment.status === 'open');
  const intent = open === undefined ? undefined : paymentIntents(world).get(open.paymentIntentId);
  if (intent === undefined) return null;
  return { client_secret: clientSecretOf(world, intent.id), type: 'payment_intent' };
}

export function requireInvoicePayment(world: World, id: string): InvoicePaymentState {
  const payment = invoicePayments(world).get(id);
  if (payment === undefined) throw resourceMissing('invoice_payment', id);
  return payment;
}

const returns = { kind: 'invoice_payment', list: false };

export const invoicePaymentRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/v1/invoice_payments/:id',
    fidelity: 'exact',
    returns,
    handle: (world, _params, { id }) => toStripeInvoicePayment(requireInvoicePayment(world, id)),
  }),
  route({
    method: 'GET',
    path: '/v1/invoice_payments',
    fidelity: 'exact',
    returns: { ...returns, list: true },
    params: {
      ...pageParams,
      invoice: optional(string()),
      status: optional(oneOf(['canceled', 'open', 'paid'])),
      created: optional(timeRange()),
      payment: optional(
        object({ type: oneOf(['payment_intent'], ['payment_record']), payment_intent: optional(string()) }, [
          'payment_record',
        ]),
      ),
    },
    handle(world, params) {
      if (params.invoice !== undefined) requireInvoice(world, params.invoice, 'invoice');
      const intentId = params.payment?.payment_intent;
      const rows = invoicePayments(world)
        .newestFirst()
        .filter(
          (payment) =>
            (params.invoice === undefined || payment.invoiceId === params.invoice) &&
            (params.status === undefined || payment.status === params.status) &&
            (params.created === undefined || params.created(payment.createdSec)) &&
            (intentId === undefined || payment.paymentIntentId === intentId),
        );
      return paginate(rows, params, {
        url: '/v1/invoice_payments',
        noun: 'invoice payment',
        toStripe: toStripeInvoicePayment,
      });
    },
  }),
];
