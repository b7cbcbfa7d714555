import Big from 'big.js';
import type Stripe from 'stripe';
import { amountTooLarge } from '../billing/impossible-amounts.ts';
import { paginate } from '../protocol/paging.ts';
import { deliveredSec } from '../webhooks/deliveries.ts';
import { deliveriesPending } from '../webhooks/deliveries-pending.ts';
import type { Wire } from '../wire.ts';
import type { World } from '../world.ts';
import { toStripeAddress } from './address.ts';
import { toStripeShipping } from './customer-view.ts';
import { customers } from './customers.ts';
import { automaticTaxOf, discountAmounts, taxesOf } from './invoice-adjustments.ts';
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
    discount_amounts: discountAmounts([line]),
    discountable: line.discountable,
    discounts: discountAmounts([line]).map(({ discount }) => discount),
    invoice: invoice.id,
    livemode: false,
    metadata: line.metadata,
    parent: toStripeParent(line),
    period: { end: line.endSec, start: line.startSec },
    pretax_credit_amounts: toStripePretaxCredits(credits.filter(({ lineId }) => lineId === line.id)),
    pricing: toStripePricing(line),
    quantity: new Big(line.quantityDecimal).round(0, Big.roundDown).toNumber(),
    quantity_decimal: line.quantityDecimal,
    subscription: line.subscriptionId,
    subtotal: line.amountMinor,
    taxes: taxesOf([line]),
  } satisfies Wire<Stripe.InvoiceLineItem>;
}

function toStripeParent(line: InvoiceLineState): Wire<Stripe.InvoiceLineItem.Parent> {
  const shared = { proration: line.proration, proration_details: { credited_items: null } };
  if (line.subscriptionId !== null && line.subscriptionItemId !== null) {
    return {
      invoice_item_details: null,
      subscription_item_details: {
        ...shared,
        invoice_item: line.invoiceItemId,
        subscription: line.subscriptionId,
        subscription_item: line.subscriptionItemId,
      },
      type: 'subscription_item_details',
    };
  }
  return {
    invoice_item_details: {
      ...shared,
      invoice_item: line.invoiceItemId ?? '',
      subscription: line.subscriptionId,
    },
    subscription_item_details: null,
    type: 'invoice_item_details',
  };
}

function toStripePricing(line: InvoiceLineState): Wire<Stripe.InvoiceLineItem.Pricing> | null {
  const { priceId, productId, unitAmountDecimal } = line;
  if (priceId === null || productId === null)
    return unitAmountDecimal === null
      ? null
      : { type: 'price_details', unit_amount_decimal: unitAmountDecimal };
  return {
    price_details: { price: priceId, product: productId },
    type: 'price_details',
    unit_amount_decimal: unitAmountDecimal,
  };
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

export function toStripeInvoice(world: World, invoice: InvoiceState): Wire<Stripe.Invoice> {
  const { credits, subtotalMinor, totalMinor, dueMinor, ...balance } = invoiceAmounts(world, invoice);
  const customer = customers(world).get(invoice.customerId);
  const finalized = invoice.finalizedSec !== null;
  const discounts = discountAmounts(invoice.lines);
  const taxes = taxesOf(invoice.lines);
  const taxMinor = taxes.reduce((sum, { amount }) => sum + amount, 0);
  const containedMinor = taxes.reduce(
    (sum, tax) => sum + (tax.tax_behavior === 'inclusive' ? tax.amount : 0),
    0,
  );
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
    auto_advance: invoice.status === 'draft' || invoice.status === 'open' ? invoice.autoAdvance : false,
    automatic_tax: automaticTaxOf(taxes.length > 0),
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
    customer_shipping: toStripeShipping(customer?.shipping ?? null),
    customer_tax_exempt: customer?.taxExempt ?? 'none',
    customer_tax_ids: [],
    default_payment_method: invoice.defaultPaymentMethodId,
    default_source: null,
    default_tax_rates: [],
    description: invoice.description,
    discounts: discounts.map(({ discount }) => discount),
    due_date: dueDateSec(invoice),
    effective_at: invoice.finalizedSec,
    ending_balance: balance.endingBalanceMinor,
    footer: invoice.footer,
    from_invoice: null,
    hosted_invoice_url: finalized ? `${world.origin}/i/${invoice.id}` : null,
    invoice_pdf: finalized ? `${world.origin}/i/${invoice.id}/pdf` : null,
    issuer: { type: 'self' },
    last_finalization_error: invoice.finalizationFailed ? toStripeFinalizationError(invoice) : null,
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
        : invoice.nextAttemptSec,
    number: invoice.number,
    on_behalf_of: null,
    parent: toStripeInvoiceParent(world, invoice),
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: invoice.periodEndSec,
    period_start: invoice.periodStartSec,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: balance.startingBalanceMinor,
    statement_descriptor: null,
    status: invoice.status,
    status_transitions: {
      finalized_at: invoice.finalizedSec,
      marked_uncollectible_at: invoice.uncollectibleSec,
      paid_at: invoice.paidSec,
      voided_at: invoice.voidedSec,
    },
    subtotal: subtotalMinor,
    subtotal_excluding_tax: subtotalMinor - containedMinor,
    test_clock: world.clockIdOf(invoice.customerId),
    total: totalMinor,
    total_discount_amounts: discounts,
    total_excluding_tax: totalMinor - taxMinor,
    total_pretax_credit_amounts: toStripePretaxCredits(totalsOf(credits)),
    total_taxes: taxes,
    webhooks_delivered_at: webhooksDeliveredSec(world, invoice),
  } satisfies Wire<Stripe.Invoice>;
}

function toStripeFinalizationError({ currency }: InvoiceState): Wire<Stripe.Invoice.LastFinalizationError> {
  const { code, message, type } = amountTooLarge(currency);
  return { ...(code === undefined ? {} : { code }), message, type };
}

function toStripeInvoiceParent(
  world: World,
  { subscriptionId }: InvoiceState,
): Wire<Stripe.Invoice.Parent> | null {
  if (subscriptionId === null) return null;
  const metadata = subscriptions(world).get(subscriptionId)?.metadata ?? {};
  return {
    quote_details: null,
    subscription_details: { metadata, subscription: subscriptionId },
    type: 'subscription_details',
  };
}

/** When an invoice that is sent is due; `null` for invoices that are charged. */
export function dueDateSec(invoice: InvoiceState): number | null {
  if (invoice.collectionMethod !== 'send_invoice') return null;
  return (
    invoice.dueSec ?? (invoice.finalizedSec ?? invoice.createdSec) + (invoice.daysUntilDue ?? 30) * 86_400
  );
}

/** Whether some subscriber of the invoice's `invoice.created` still has to answer; on a test clock nobody is asked. */
export function webhooksPending(world: World, { id, customerId }: InvoiceState): boolean {
  return (
    world.clockIdOf(customerId) === null &&
    deliveriesPending(world, { type: 'invoice.created', objectId: id })
  );
}

function webhooksDeliveredSec(world: World, invoice: InvoiceState): number | null {
  if (invoice.billingReason === 'upcoming') return null;
  if (world.clockIdOf(invoice.customerId) !== null) return invoice.createdSec;
  const delivered = deliveredSec(world, { type: 'invoice.created', objectId: invoice.id });
  return delivered === undefined ? invoice.createdSec : delivered;
}
