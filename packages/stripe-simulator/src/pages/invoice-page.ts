import { formatAmount } from '../billing/money.ts';
import { attemptPayment } from '../billing/pay-invoice.ts';
import type { FormMap } from '../protocol/form.ts';
import type { PageAnswer } from '../protocol/page.ts';
import { discountAmounts, taxesOf } from '../resources/invoice-adjustments.ts';
import { paymentsOfInvoice } from '../resources/invoice-payments.ts';
import { type InvoiceState, invoiceAmounts, invoices } from '../resources/invoices.ts';
import { acceptedTypes, authenticationUrl } from '../resources/payment-intents.ts';
import { paymentMethodsOf } from '../resources/payment-methods.ts';
import type { World } from '../world.ts';
import {
  type Choice,
  choiceFields,
  choicesAmong,
  chosenOf,
  failureAlert,
  notOffered,
} from './checkout-choices.ts';
import { type Html, html, nothingHere, page, redirect } from './html.ts';

const UNKNOWN = 'There is no invoice at this address.';

/** The hosted page of a finalised invoice: its lines, credits, what is due and a way to pay it. Drafts have none. */
export function invoicePage(world: World, id: string): PageAnswer {
  const invoice = invoices(world).get(id);
  if (invoice === undefined || invoice.finalizedSec === null) return nothingHere(UNKNOWN);
  const { credits, subtotalMinor, dueMinor } = invoiceAmounts(world, invoice);
  const money = (amountMinor: number): string => formatAmount(amountMinor, invoice.currency);
  const creditsMinor = credits.reduce((sum, credit) => sum + credit.amountMinor, 0);
  const day = (atSec: number): string => new Date(atSec * 1000).toISOString().slice(0, 10);
  const lines = invoice.lines.map(
    (line) =>
      html`<tr><td>${line.description ?? ''}<small>${day(line.startSec)} to ${day(line.endSec)} (UTC)</small></td><td>${money(line.amountMinor)}</td></tr>`,
  );
  const creditRow =
    creditsMinor === 0
      ? html``
      : html`<tr><th scope="row">Billing credits</th><td>−${money(creditsMinor)}</td></tr>`;
  const body = html`<span class="badge">Stripe simulator · ${invoice.status}</span>
<h1>${money(dueMinor)}</h1>
<p>Invoice ${invoice.number ?? ''}, ${day(invoice.createdSec)}</p>
${invoice.status === 'open' ? failureAlert(world, openIntentOf(world, invoice)) : html``}<table><caption>Lines</caption>
<thead><tr><th scope="col">Description</th><th scope="col">Amount</th></tr></thead>
<tbody>${lines}</tbody>
<tfoot><tr><th scope="row">Subtotal</th><td>${money(subtotalMinor)}</td></tr>${adjustmentRows(invoice, money)}${creditRow}
<tr><th scope="row">Amount due</th><td>${money(dueMinor)}</td></tr>
<tr><th scope="row">Amount paid</th><td>${money(invoice.amountPaidMinor)}</td></tr></tfoot></table>
${invoice.status === 'open' ? payForm(world, invoice, money(dueMinor)) : html``}`;
  return page(200, `Invoice ${invoice.number ?? ''}`, body);
}

function adjustmentRows({ lines }: InvoiceState, money: (amountMinor: number) => string): Html[] {
  const discounts = discountAmounts(lines).map(
    ({ amount }) => html`<tr><th scope="row">Discount</th><td>−${money(amount)}</td></tr>`,
  );
  const taxes = taxesOf(lines).map(
    ({ amount, tax_behavior: behavior }) =>
      html`<tr><th scope="row">Tax${behavior === 'inclusive' ? ' (included)' : ''}</th><td>${money(amount)}</td></tr>`,
  );
  return [...discounts, ...taxes];
}

/** Pays an open invoice as chosen, with the customer there to authenticate; shows the page again in the end. */
export function payInvoicePage(world: World, id: string, form: FormMap): PageAnswer {
  const invoice = invoices(world).get(id);
  if (invoice === undefined || invoice.finalizedSec === null) return nothingHere(UNKNOWN);
  if (invoice.status !== 'open') return redirect(invoicePath(id));
  const choice = chosenOf(choicesFor(world, invoice), form);
  if (choice === undefined) return notOffered();
  const { collected } = world.inTimeOf(invoice.customerId, () =>
    attemptPayment(world, invoice, { paymentMethodId: choice.value, offSession: false, automatic: false }),
  );
  return redirect(
    collected.outcome === 'requires_action'
      ? authenticationUrl('', collected.paymentIntentId)
      : invoicePath(id),
  );
}

/** The address of an invoice's page. */
export function invoicePath(invoiceId: string): string {
  return `/i/${encodeURIComponent(invoiceId)}`;
}

function choicesFor(world: World, { customerId, currency }: InvoiceState): Choice[] {
  const types = acceptedTypes({ allowedTypes: null, currency });
  return choicesAmong(types, paymentMethodsOf(world, customerId));
}

function payForm(world: World, invoice: InvoiceState, due: string): Html {
  return html`<form method="post" action="${invoicePath(invoice.id)}">${choiceFields(choicesFor(world, invoice))}<button type="submit">Pay ${due}</button></form>`;
}

function openIntentOf(world: World, invoice: InvoiceState): string | null {
  const open = paymentsOfInvoice(world, invoice.id).findLast((payment) => payment.status === 'open');
  return open?.paymentIntentId ?? null;
}
