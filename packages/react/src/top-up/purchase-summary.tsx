'use client';
import type { Money } from '@meterboard/contract';
import { formatMoney } from '../format/money.ts';
import { formatMonths } from '../format/months.ts';
import { topUpDialogWords } from '../i18n/top-up-dialog.ts';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';

/** What somebody is about to buy. */
export interface Purchase {
  price: Money;
  credit: Money;
  /** The part of `credit` that is a gift; `null`: none can be. */
  bonus: Money | null;
  expiresAfterMonths: number | null;
}

export interface PurchaseSummaryProps {
  /** `null`: nothing that can be bought is chosen. */
  purchase: Purchase | null;
}

/** What is paid, what is credited and for how long. Renders a `<dl>`. */
export function PurchaseSummary({ purchase }: PurchaseSummaryProps) {
  const { locale, language } = useMeterboard();
  const m = useWords(topUpDialogWords);
  const amount = (money: Money | undefined) => (money ? formatMoney(money, locale) : '–');
  const months = purchase?.expiresAfterMonths ?? null;
  return (
    <dl data-mb="terms">
      <div data-term="remaining">
        <dt>{m.toPay}</dt>
        <dd>{amount(purchase?.price)}</dd>
      </div>
      <div>
        <dt>{m.credited}</dt>
        <dd>{amount(purchase?.credit)}</dd>
      </div>
      {purchase?.bonus && purchase.bonus.amountMinor > 0 ? (
        <div>
          <dt>{m.gift}</dt>
          <dd>{amount(purchase.bonus)}</dd>
        </div>
      ) : null}
      <div>
        <dt>{m.validity}</dt>
        <dd>{!purchase ? '–' : months === null ? m.validForever : formatMonths(months, language)}</dd>
      </div>
    </dl>
  );
}
