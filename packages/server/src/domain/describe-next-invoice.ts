import type { CreditBalance, NextInvoiceTerm } from '@meterboard/contract';
import type { AllocatedDocument } from './allocate-credits.ts';

/**
 * What the upcoming documents of a currency ask for, and why: the provider's totals with the credits that they can
 * really have, whichever balance those are in. No document asks for less than nothing: the customer's balance is
 * used up once, by drafts first, in the order of the documents, and what remains of it is carried over.
 */
export function describeNextInvoice(
  allocated: readonly AllocatedDocument[],
  currency: string,
): CreditBalance['nextInvoice'] {
  const upcoming = allocated.filter(({ document }) => document.kind === 'preview');
  if (upcoming.length === 0) return null;
  const minor: Record<NextInvoiceTerm['kind'], number> = {
    usage: 0,
    other: 0,
    credits: 0,
    account_balance: 0,
    carried_over: 0,
  };
  let balanceMinor = allocated[0]?.document.startingBalanceMinor ?? 0;
  for (const { document, creditMinor } of allocated) {
    const chargedMinor = document.totalMinor + document.providerCreditMinor;
    const askedMinor = chargedMinor - creditMinor + balanceMinor;
    if (document.kind === 'preview') {
      const usageMinor = document.lines
        .filter(({ meterId }) => meterId !== null)
        .reduce((sum, { netAmountMinor }) => sum + netAmountMinor, 0);
      if (document === upcoming[0]?.document) minor.account_balance = balanceMinor;
      minor.usage += usageMinor;
      minor.other += chargedMinor - usageMinor;
      minor.credits -= creditMinor;
      minor.carried_over = Math.max(0, -askedMinor);
    }
    balanceMinor = Math.min(0, askedMinor);
  }
  const kinds: NextInvoiceTerm['kind'][] = ['usage', 'other', 'credits', 'account_balance', 'carried_over'];
  const money = (amountMinor: number) => ({ amountMinor: amountMinor === 0 ? 0 : amountMinor, currency });
  return {
    amount: money(kinds.reduce((sum, kind) => sum + minor[kind], 0)),
    atMs: Math.min(...upcoming.map(({ document }) => document.periodEndMs)),
    terms: kinds
      .filter((kind) => kind === 'usage' || minor[kind] !== 0)
      .map((kind) => ({ kind, amount: money(minor[kind]) })),
  };
}
