'use client';
import { useContext, useEffect, useState } from 'react';
import { useTopUpPackages } from '../hooks/use-top-up-packages.ts';
import { FedContext } from '../provider/meterboard-context.ts';
import { TopUpButtonView, type TopUpButtonViewProps } from './top-up-button-view.tsx';
import { TopUpStatus } from './top-up-status.tsx';
import { useTopUpFlow } from './use-top-up-flow.ts';

export interface TopUpButtonProps {
  /** Sells this package without asking; left out: people choose among all of them. */
  packageId?: string;
}

/**
 * Sells credits. Also follows the purchase after the payment page, except below a dashboard, which does that itself.
 * Renders nothing while it is not known what can be bought. The dialog's code comes when it is wanted.
 */
export function TopUpButton({ packageId }: TopUpButtonProps) {
  const { data } = useTopUpPackages();
  const fed = useContext(FedContext);
  const sells =
    data &&
    (packageId === undefined
      ? data.packages.length > 0 || data.custom
      : data.packages.some((one) => one.packageId === packageId));
  return (
    <>
      {!sells || data.unavailable === 'not_configured' ? null : packageId === undefined ||
        data.unavailable ? (
        <Chooser unavailable={data.unavailable} />
      ) : (
        <One packageId={packageId} />
      )}
      {fed ? null : <TopUpStatus />}
    </>
  );
}

function Chooser({ unavailable }: Pick<TopUpButtonViewProps, 'unavailable'>) {
  const [isOpen, setOpen] = useState(false);
  const { loaded, ...part } = useTopUpFlow();
  return (
    <TopUpButtonView
      {...part}
      unavailable={unavailable}
      onPress={() => {
        setOpen(true);
        part.load();
      }}
    >
      {loaded ? <loaded.TopUpDialog open={isOpen} onClose={() => setOpen(false)} /> : null}
    </TopUpButtonView>
  );
}

function One({ packageId }: { packageId: string }) {
  const { loaded, load, ...part } = useTopUpFlow();
  useEffect(load, [load]);
  return loaded ? (
    <loaded.OnePackage packageId={packageId} />
  ) : (
    <TopUpButtonView {...part} unavailable={null} onPress={load} load={load} />
  );
}
