'use client';
import type { CreditBalance } from '@meterboard/contract';
import type { ComponentPropsWithRef, ReactNode } from 'react';
import { joinFacts } from '../format/facts.ts';
import { formatMoney } from '../format/money.ts';
import { creditWords } from '../i18n/credits.ts';
import { AsOf, type AsOfProps } from '../parts/as-of.tsx';
import { Card } from '../parts/card.tsx';
import { MeterBar } from '../parts/meter-bar.tsx';
import { Tag } from '../parts/tag.tsx';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';
import { BalanceTerms } from './balance-terms.tsx';

export interface CreditBalanceViewProps extends Omit<ComponentPropsWithRef<'section'>, 'title'> {
  /** One currency and scope: a customer with several gets one card each. */
  balance: CreditBalance;
  /** Says the currency in the title; for customers with several. */
  showCurrency?: boolean;
  /** The age of the figures. */
  asOf?: AsOfProps;
  /** Below the figures: a top-up button, a link. */
  actions?: ReactNode;
}

/**
 * What is left to spend, and why: credit balance − on drafts − used but not yet billed. Renders a `<section>` that
 * holds a `role="meter"`. Decides nothing: `status` arrives from the server.
 *
 * Styling: `data-status="ok | low | empty | unusable | none"`.
 */
export function CreditBalanceView(props: CreditBalanceViewProps) {
  const { balance, showCurrency = false, asOf, actions, ...rest } = props;
  const { locale } = useMeterboard();
  const m = useWords(creditWords);
  const { status, scope, remainingRatio } = balance;
  const remaining = formatMoney(balance.remaining, locale);
  const facts = joinFacts(
    status === 'unusable' && m.unusable,
    status === 'empty' && m.noneLeft,
    status === 'none' && m.creditsEmpty,
    balance.expiring.amountMinor > 0 && m.expiring(formatMoney(balance.expiring, locale)),
    balance.upcoming.amountMinor > 0 && m.upcoming(formatMoney(balance.upcoming, locale)),
    balance.arriving.amountMinor > 0 && m.arriving(formatMoney(balance.arriving, locale)),
  );
  return (
    <Card
      part="credit-balance"
      title={joinFacts(
        showCurrency ? m.creditsIn(balance.currency.toUpperCase()) : m.credits,
        scope.kind === 'prices' && m.creditsForSome,
      )}
      aside={
        status === 'ok' || status === 'none' ? null : (
          <Tag tone={status === 'empty' ? 'danger' : 'warn'}>{m.creditStatus[status]}</Tag>
        )
      }
      data-status={status}
      {...rest}
    >
      <div>
        <strong data-mb="figure">{remaining}</strong>
        <p data-mb="sub">{facts || m.leftOf(formatMoney(balance.balance, locale))}</p>
      </div>
      {remainingRatio === null ? null : (
        <MeterBar label={m.credits} valueText={remaining} ratio={remainingRatio} status={status} hatchRest />
      )}
      <BalanceTerms terms={balance.terms} />
      {balance.sharedBySubscriptions ? <p data-mb="sub">{m.shared}</p> : null}
      {actions || asOf ? (
        <footer data-mb="card-foot">
          {actions}
          <AsOf {...asOf} />
        </footer>
      ) : null}
    </Card>
  );
}
