'use client';
import type { PayWith, TopUpPackage, TopUpPackages } from '@meterboard/contract';
import { formatBrand } from '../format/card.ts';
import { joinFacts } from '../format/facts.ts';
import { formatMoney } from '../format/money.ts';
import { formatMonths } from '../format/months.ts';
import { topUpWords } from '../i18n/top-up.ts';
import { topUpDialogWords } from '../i18n/top-up-dialog.ts';
import { topUpStatusWords } from '../i18n/top-up-status.ts';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';
import type { CardLookup } from './card-lookup.ts';
import { ProblemNotice } from './problem-notice.tsx';
import { PurchaseRules, TooLateNote } from './purchase-rules.tsx';
import type { TopUp } from './top-up.ts';
import { usePreferredWay } from './use-preferred-way.ts';

export interface OnePackageViewProps {
  offer: TopUpPackages;
  /** The package that is sold. */
  sold: TopUpPackage;
  /** The ways to pay that can be offered, best first. */
  ways: PayWith[];
  cardLookup: CardLookup;
  topUp: Pick<TopUp, 'phase' | 'next' | 'order' | 'error' | 'start' | 'goOn'>;
}

/**
 * One package and one button, which says the amount where it charges at once. Renders a `<div>` with what it adds,
 * which card pays, the other way to pay and the rules.
 */
export function OnePackageView({ offer, sold, ways, cardLookup, topUp }: OnePackageViewProps) {
  const { locale, language } = useMeterboard();
  const base = useWords(topUpWords);
  const m = useWords(topUpDialogWords);
  const status = useWords(topUpStatusWords);
  const { card } = cardLookup;
  const { way, isRipe } = usePreferredWay(ways, card !== null);
  const { packageId, price, credit, bonus, expiresAfterMonths: months } = sold;
  const byCard = way === 'saved_card' && card !== null;
  const isStarting = topUp.phase === 'starting';
  const hasProblem = topUp.error !== null || topUp.next?.declined != null;
  const page = ways.find((one) => one !== 'saved_card');
  return (
    <div data-mb="top-up">
      <button
        type="button"
        data-mb="button"
        // Where the problem below has a next step, that is the primary one.
        data-variant={topUp.next?.declined || topUp.next?.state === 'requires_action' ? undefined : 'primary'}
        aria-disabled={isStarting}
        onClick={() => !isStarting && isRipe() && topUp.start({ packageId, payWith: way })}
      >
        {isStarting
          ? topUp.order?.payWith === 'saved_card'
            ? m.paying
            : m.opening
          : byCard
            ? m.payNow(formatMoney(price, locale))
            : base.topUp}
      </button>
      <p data-mb="sub">
        {joinFacts(
          !byCard && formatMoney(price, locale),
          byCard && m.cardEnding(formatBrand(card.brand), card.last4),
          bonus.amountMinor > 0
            ? m.withBonus(formatMoney(credit, locale), formatMoney(bonus, locale))
            : m.creditAdded(formatMoney(credit, locale)),
          months === null ? m.neverExpires : m.validFor(formatMonths(months, language)),
        )}{' '}
        {byCard && page && !hasProblem ? (
          <button
            type="button"
            data-mb="link"
            disabled={isStarting}
            onClick={() => topUp.start({ packageId, payWith: page })}
          >
            {status.payAnotherWay}
          </button>
        ) : null}
      </p>
      <TooLateNote offer={offer} />
      <ProblemNotice topUp={topUp} />
      <details data-mb="former">
        <summary>{m.policyTitle}</summary>
        <PurchaseRules offer={offer} />
      </details>
    </div>
  );
}
