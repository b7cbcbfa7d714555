import { formatAmount } from '../billing/money.ts';
import type { PageAnswer } from '../protocol/page.ts';
import { invoiceAmounts, invoices } from '../resources/invoices.ts';
import type { World } from '../world.ts';
import { nothingHere } from './html.ts';

/** A finalised invoice as a PDF of one page: its number, its lines and its amounts. Drafts have none. */
export function invoicePdf(world: World, id: string): PageAnswer {
  const invoice = invoices(world).get(id);
  if (invoice === undefined || invoice.finalizedSec === null)
    return nothingHere('There is no invoice at this address.');
  const money = (minor: number): string => formatAmount(minor, invoice.currency);
  const { subtotalMinor, totalMinor, dueMinor } = invoiceAmounts(world, invoice);
  const words = [
    `Invoice ${invoice.number ?? ''} (${invoice.status})`,
    `Date ${new Date(invoice.createdSec * 1_000).toISOString().slice(0, 10)}`,
    '',
    ...invoice.lines.slice(0, 40).map((line) => `${line.description ?? ''}  ${money(line.amountMinor)}`),
    '',
    `Subtotal ${money(subtotalMinor)}`,
    `Total ${money(totalMinor)}`,
    `Amount due ${money(dueMinor)}`,
    `Amount paid ${money(invoice.amountPaidMinor)}`,
  ];
  return { status: 200, html: pdfOf(words), policy: "default-src 'none'", type: 'application/pdf' };
}

/** A PDF of one page of text, in ASCII: what its font has no letter for becomes a question mark. */
function pdfOf(lines: readonly string[]): string {
  const shown = lines.map(
    (line) => `(${line.replace(/[^\x20-\x7e]/g, '?').replace(/[()\\]/g, '\\$&')}) Tj T*`,
  );
  const text = `BT /F1 11 Tf 50 790 Td 16 TL ${shown.join(' ')} ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${text.length} >>\nstream\n${text}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let out = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const at = out.length;
    out += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(at).padStart(10, '0')} 00000 n \n`;
  });
  const size = objects.length + 1;
  return `${out}xref\n0 ${size}\n0000000000 65535 f \n${offsets.join('')}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${out.length}\n%%EOF\n`;
}
