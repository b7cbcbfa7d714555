'use client';
import type { ReactNode } from 'react';
import { useCreditBalance } from '../hooks/use-credit-balance.ts';
import { creditWords } from '../i18n/credits.ts';
import { AsOf } from '../parts/as-of.tsx';
import { Card } from '../parts/card.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { useWords } from '../provider/use-words.ts';
import { CreditBalanceView } from './credit-balance-view.tsx';

export interface CreditBalanceProps {
  /** Below the figures, e.g. `<TopUpButton />`. */
  actions?: ReactNode;
}

/** What is left to spend, one card for each currency and scope. Loading, error, empty and stale states included. */
export function CreditBalance({ actions }: CreditBalanceProps) {
  const resource = useCreditBalance();
  const m = useWords(creditWords);
  return (
    <Loaded resource={resource} part="credit-balance" title={m.credits} rows={8}>
      {({ balances }, asOf) =>
        balances.length ? (
          balances.map((balance, index) => (
            <CreditBalanceView
              key={balance.currency + JSON.stringify(balance.scope)}
              balance={balance}
              showCurrency={balances.some(({ currency }) => currency !== balance.currency)}
              asOf={asOf}
              actions={index === 0 ? actions : undefined}
            />
          ))
        ) : (
          <Card part="credit-balance" title={m.credits}>
            <p data-mb="empty">{m.creditsEmpty}</p>
            <footer data-mb="card-foot">
              {actions}
              <AsOf {...asOf} />
            </footer>
          </Card>
        )
      }
    </Loaded>
  );
}
