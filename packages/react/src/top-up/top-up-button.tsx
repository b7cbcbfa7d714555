'use client';
import { useContext } from 'react';
import { useTopUp } from '../hooks/use-top-up.ts';
import { useTopUpPackages } from '../hooks/use-top-up-packages.ts';
import { FedContext } from '../provider/meterboard-context.ts';
import { TopUpButtonView } from './top-up-button-view.tsx';
import { TopUpStatusView } from './top-up-status-view.tsx';

export interface TopUpButtonProps {
  /** Sells this package without asking; left out: people choose among all of them. */
  packageId?: string;
}

/**
 * Sells credits. Also follows the purchase after the payment page, except below a dashboard, which does that itself.
 * Renders nothing while it is not known what can be bought.
 */
export function TopUpButton({ packageId }: TopUpButtonProps) {
  const { data } = useTopUpPackages();
  const topUp = useTopUp();
  const fed = useContext(FedContext);
  return (
    <>
      {data ? (
        <TopUpButtonView
          offer={
            packageId
              ? { ...data, packages: data.packages.filter((one) => one.packageId === packageId) }
              : data
          }
          isStarting={topUp.phase === 'starting'}
          error={topUp.error}
          topUpId={topUp.topUpId}
          onStart={topUp.start}
          onCancel={topUp.cancel}
        />
      ) : null}
      {fed ? null : <TopUpStatusView topUp={topUp} />}
    </>
  );
}
