'use client';
import { useTopUp } from '../hooks/use-top-up.ts';
import { useTopUpPackages } from '../hooks/use-top-up-packages.ts';
import { listWays } from './list-ways.ts';
import { OnePackageView } from './one-package-view.tsx';
import { useCardLookup } from './use-card-lookup.ts';

/** Sells one package: with one click where a card is saved, else on the payment page. */
export function OnePackage({ packageId }: { packageId: string }) {
  const { data } = useTopUpPackages();
  const topUp = useTopUp();
  // There is no dialog here that could hold the provider's page.
  const ways = listWays(data?.payWith ?? [], false);
  const cardLookup = useCardLookup(ways.includes('saved_card'));
  const sold = data?.packages.find((one) => one.packageId === packageId);
  return data && sold ? (
    <OnePackageView offer={data} sold={sold} ways={ways} cardLookup={cardLookup} topUp={topUp} />
  ) : null;
}
