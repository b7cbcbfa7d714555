import type Stripe from 'stripe';
import type { Wire } from '../wire.ts';
import type { InvoiceLineState } from './invoices.ts';

/** What discounts took off these lines together, one entry per discount. */
export function discountAmounts(lines: readonly InvoiceLineState[]) {
  const byId = new Map<string, number>();
  for (const { adjustment } of lines) {
    const discount = adjustment?.discount ?? null;
    if (discount !== null) byId.set(discount.id, (byId.get(discount.id) ?? 0) + discount.amountMinor);
  }
  return [...byId].map(
    ([discount, amount]) => ({ amount, discount }) satisfies Wire<Stripe.Invoice.TotalDiscountAmount>,
  );
}

/** The tax on these lines together, one entry for what comes on top and one for what is contained. */
export function taxesOf(lines: readonly InvoiceLineState[]) {
  return [false, true].flatMap((inclusive) => {
    const taxed = lines.flatMap((line) => {
      const tax = line.adjustment?.tax ?? null;
      if (tax === null || tax.inclusive !== inclusive) return [];
      const netMinor = line.amountMinor - (line.adjustment?.discount?.amountMinor ?? 0);
      return [{ amountMinor: tax.amountMinor, taxableMinor: netMinor - (inclusive ? tax.amountMinor : 0) }];
    });
    if (taxed.length === 0) return [];
    const tax = {
      amount: taxed.reduce((sum, { amountMinor }) => sum + amountMinor, 0),
      tax_behavior: inclusive ? 'inclusive' : 'exclusive',
      tax_rate_details: null,
      taxability_reason: 'standard_rated',
      taxable_amount: taxed.reduce((sum, { taxableMinor }) => sum + taxableMinor, 0),
      type: 'tax_rate_details',
    } satisfies Wire<Stripe.Invoice.TotalTax>;
    return [tax];
  });
}

/** How an invoice says whether its tax was worked out by itself. */
export function automaticTaxOf(enabled: boolean) {
  return (
    enabled
      ? {
          disabled_reason: null,
          enabled,
          liability: { type: 'self' },
          provider: 'stripe',
          status: 'complete',
        }
      : { disabled_reason: null, enabled, liability: null, provider: null, status: null }
  ) satisfies Wire<Stripe.Invoice.AutomaticTax>;
}
