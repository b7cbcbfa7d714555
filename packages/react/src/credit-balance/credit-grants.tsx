'use client';
import { useCreditBalance } from '../hooks/use-credit-balance.ts';
import { Loaded } from '../parts/loaded.tsx';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { GrantListView } from './grant-list-view.tsx';

/** All credits in the order in which they are used. Loading, error, empty and stale states included. */
export function CreditGrants() {
  const resource = useCreditBalance();
  const { messages: m } = useMeterboard();
  return (
    <Loaded resource={resource} part="grants" title={m.grants} rows={4}>
      {({ balances }) => <GrantListView grants={balances.flatMap(({ grants }) => grants)} />}
    </Loaded>
  );
}
