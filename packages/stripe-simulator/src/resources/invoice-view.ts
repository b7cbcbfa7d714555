import Big from 'big.js';
import type Stripe from 'stripe';
import { paginate } from '../protocol/paging.ts';
import type { Wire } from '../wire.ts';
import type { World } from '../world.ts';
import { toStripeAddress } from './address.ts';
import { customers } from './customers.ts';
import { type InvoiceAmounts, type InvoiceLineState, type InvoiceState, invoiceAmounts } from './invoices.ts';
import { subscriptions } from './subscriptions.ts';

type Credits = InvoiceAmounts['credits'];

export function toStripeInvoiceLine(invoice: InvoiceState, line: InvoiceLineState, credits: Credits) {
  return {
    id: line.id,
    object: 'line_item',
    amount: line.amountMinor,
    currency: invoice.currency,
    description: line.description,
    discount_amounts: [],
    discountable: true,
    discounts: [],
    invoice: invoice.id,
    livemode: false,
    metadata: {},
    parent: {
      invoice_item_details: null,
      subscription_item_details: {
        invoice_item: null,
        proration: line.span.proration !== null,
        proration_details: { credited_items: null },
        subscription: invoice.subscriptionId,
        subscription_item: line.span.itemId,
      },
      type: 'subscription_item_details',
    },
    period: { end: line.span.endSec, start: line.span.startSec },
    pretax_credit_amounts: toStripePretaxCredits(credits.filter(({ lineId }) => lineId === line.id)),
    pricing: {
      price_details: { price: line.span.priceId, product: line.productId },
      type: 'price_details',
      unit_amount_decimal: line.unitAmountDecimal,
    },
    quantity: new Big(line.quantityDecimal).round(0, Big.roundDown).toNumber(),
    quantity_decimal: line.quantityDecimal,
    subscription: invoice.subscriptionId,
    subtotal: line.amountMinor,
    taxes: [],
  } satisfies Wire<Stripe.InvoiceLineItem>;
}

/** On drafts and previews the transaction is null, since none was posted yet (assumption). */
function toStripePretaxCredits(credits: Credits) {
  return credits.map(
    ({ amountMinor, transactionId }) =>
      ({
        amount: amountMinor,
        credit_balance_transaction: transactionId,
        type: 'credit_balance_transaction',
      }) satisfies Wire<Stripe.Invoice.TotalPretaxCreditAmount>,
  );
}

/** Credits per ledger entry, so that the total names each transaction once. */
function totalsOf(credits: Credits): Credits {
  const byGrant = new Map<string, Credits[number]>();
  for (const credit of credits) {
    const key = credit.transactionId ?? credit.grantId;
    const known = byGrant.get(key);
    byGrant.set(
      key,
      known === undefined ? credit : { ...known, amountMinor: known.amountMinor + credit.amountMinor },
    );
  }
  return [...byGrant.values()];
}

export function toStripeInvoice(world: World, invoice: InvoiceState) {
  const { credits, subtotalMinor, totalMinor, dueMinor } = invoiceAmounts(world, invoice);
  const customer = customers(world).get(invoice.customerId);
  const subscription = subscriptions(world).get(invoice.subscriptionId);
  const finalized = invoice.finalizedSec !== null;
  return {
    id: invoice.id,
    object: 'invoice',
    account_country: 'US',
    account_name: 'Stripe simulator',
    account_tax_ids: null,
    amount_due: dueMinor,
    amount_overpaid: 0,
    amount_paid: invoice.amountPaidMinor,
    amount_remaining: dueMinor - invoice.amountPaidMinor,
    amount_shipping: 0,
    application: null,
    attempt_count: invoice.attempts,
    attempted: invoice.attempts > 0,
    auto_advance: invoice.status === 'paid' || invoice.status === 'void' ? false : invoice.autoAdvance,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
    automatically_finalizes_at: invoice.automaticallyFinalizesSec,
    billing_reason: invoice.billingReason,
    collection_method: invoice.collectionMethod,
    created: invoice.createdSec,
    currency: invoice.currency,
    custom_fields: null,
    customer: invoice.customerId,
    customer_account: null,
    customer_address: toStripeAddress(customer?.address ?? null),
    customer_email: customer?.email ?? null,
    customer_name: customer?.name ?? null,
    customer_phone: customer?.phone ?? null,
    customer_shipping: null,
    customer_tax_exempt: customer?.taxExempt ?? 'none',
    customer_tax_ids: [],
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    due_date: dueDateSec(invoice),
    effective_at: invoice.finalizedSec,
    ending_balance: finalized ? 0 : null,
    footer: null,
    from_invoice: null,
    hosted_invoice_url: finalized ? `${world.origin}/i/${invoice.id}` : null,
    invoice_pdf: null,
    issuer: { type: 'self' },
    last_finalization_error: null,
    latest_revision: null,
    lines: paginate(
      invoice.lines,
      { limit: 10, starting_after: undefined, ending_before: undefined },
      {
        url: `/v1/invoices/${invoice.id}/lines`,
        noun: 'invoice line item',
        toStripe: (line) => toStripeInvoiceLine(invoice, line, credits),
      },
    ),
    livemode: false,
    metadata: invoice.metadata,
    next_payment_attempt:
      invoice.status === 'draft' && invoice.collectionMethod === 'charge_automatically'
        ? invoice.automaticallyFinalizesSec
        : null,
    number: invoice.number,
    on_behalf_of: null,
    parent: {
      quote_details: null,
      subscription_details: { metadata: subscription?.metadata ?? {}, subscription: invoice.subscriptionId },
      type: 'subscription_details',
    },
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: invoice.periodEndSec,
    period_start: invoice.periodStartSec,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: 0,
    statement_descriptor: null,
    status: invoice.status,
    status_transitions: {
      finalized_at: invoice.finalizedSec,
      marked_uncollectible_at: null,
      paid_at: invoice.paidSec,
      voided_at: invoice.voidedSec,
    },
    subtotal: subtotalMinor,
    subtotal_excluding_tax: subtotalMinor,
    test_clock: null,
    total: totalMinor,
    total_discount_amounts: [],
    total_excluding_tax: totalMinor,
    total_pretax_credit_amounts: toStripePretaxCredits(totalsOf(credits)),
    total_taxes: [],
    webhooks_delivered_at: invoice.billingReason === 'upcoming' ? null : invoice.createdSec,
  } satisfies Wire<Stripe.Invoice>;
}

function dueDateSec(invoice: InvoiceState): number | null {
  if (invoice.collectionMethod !== 'send_invoice') return null;
  return (invoice.finalizedSec ?? invoice.createdSec) + (invoice.daysUntilDue ?? 30) * 86_400;
}
