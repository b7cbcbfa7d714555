'use client';
import { useCreditBalance } from '../hooks/use-credit-balance.ts';
import { grantWords } from '../i18n/grants.ts';
import { Loaded } from '../parts/loaded.tsx';
import { useWords } from '../provider/use-words.ts';
import { GrantListView } from './grant-list-view.tsx';

/** All credits in the order in which they are used. Loading, error, empty and stale states included. */
export function CreditGrants() {
  const resource = useCreditBalance();
  const m = useWords(grantWords);
  return (
    <Loaded resource={resource} part="grants" title={m.grants} rows={4}>
      {({ balances }) => <GrantListView grants={balances.flatMap(({ grants }) => grants)} />}
    </Loaded>
  );
}
