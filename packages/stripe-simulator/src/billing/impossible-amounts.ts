import { invalidRequest, type StripeFault } from '../protocol/errors.ts';
import { type InvoiceState, invoiceAmounts } from '../resources/invoices.ts';
import type { World } from '../world.ts';
import { formatAmount } from './money.ts';

/** Eight digits: the most that one payment may be, and the most that an invoice may come to (assumption). */
export const MOST_MINOR = 99_999_999;

/** The 400 for an amount that is more than Stripe takes. */
export function amountTooLarge(
  currency: string,
  { param, keepsEffects = false }: { param?: string; keepsEffects?: boolean } = {},
): StripeFault {
  return invalidRequest(`Amount must be no more than ${formatAmount(MOST_MINOR, currency)}`, {
    code: 'amount_too_large',
    keepsEffects,
    ...(param === undefined ? {} : { param }),
  });
}

/** Whether an invoice comes to more than can be asked of anybody, or to more than a number holds exactly. */
export function isImpossible(world: World, invoice: InvoiceState): boolean {
  const { totalMinor, dueMinor } = invoiceAmounts(world, invoice);
  return Math.max(totalMinor, dueMinor) > MOST_MINOR || !isExact(world, invoice);
}

/** Whether all amounts of an invoice are whole numbers that a JSON number holds exactly. */
export function isExact(world: World, invoice: InvoiceState): boolean {
  const { subtotalMinor, totalMinor, dueMinor } = invoiceAmounts(world, invoice);
  const lines = invoice.lines.map(({ amountMinor }) => amountMinor);
  return [...lines, subtotalMinor, totalMinor, dueMinor].every(Number.isSafeInteger);
}
