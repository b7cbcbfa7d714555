import { formatAmount } from '../billing/money.ts';
import type { PageAnswer } from '../protocol/page.ts';
import { invoiceAmounts, invoices } from '../resources/invoices.ts';
import type { World } from '../world.ts';
import { nothingHere } from './checkout-page.ts';
import { html, page } from './html.ts';

/** The hosted page of a finalised invoice: its lines, credits and what is due. Drafts have none. */
export function invoicePage(world: World, id: string): PageAnswer {
  const invoice = invoices(world).get(id);
  if (invoice === undefined || invoice.finalizedSec === null)
    return nothingHere('There is no invoice at this address.');
  const { credits, subtotalMinor, dueMinor } = invoiceAmounts(world, invoice);
  const money = (amountMinor: number): string => formatAmount(amountMinor, invoice.currency);
  const creditsMinor = credits.reduce((sum, credit) => sum + credit.amountMinor, 0);
  const day = (atSec: number): string => new Date(atSec * 1000).toISOString().slice(0, 10);
  const lines = invoice.lines.map(
    (line) =>
      html`<tr><td>${line.description}<small>${day(line.span.startSec)} to ${day(line.span.endSec)} (UTC)</small></td><td>${money(line.amountMinor)}</td></tr>`,
  );
  const creditRow =
    creditsMinor === 0
      ? html``
      : html`<tr><th scope="row">Billing credits</th><td>−${money(creditsMinor)}</td></tr>`;
  const body = html`<span class="badge">Stripe simulator · ${invoice.status}</span>
<h1>${money(dueMinor)}</h1>
<p>Invoice ${invoice.number ?? ''}, ${day(invoice.createdSec)}</p>
<table><caption>Lines</caption>
<thead><tr><th scope="col">Description</th><th scope="col">Amount</th></tr></thead>
<tbody>${lines}</tbody>
<tfoot><tr><th scope="row">Subtotal</th><td>${money(subtotalMinor)}</td></tr>${creditRow}
<tr><th scope="row">Amount due</th><td>${money(dueMinor)}</td></tr>
<tr><th scope="row">Amount paid</th><td>${money(invoice.amountPaidMinor)}</td></tr></tfoot></table>`;
  return page(200, `Invoice ${invoice.number ?? ''}`, body);
}
