'use client';
import { useContext, useEffect, useRef, useState } from 'react';
import { useTopUp } from '../hooks/use-top-up.ts';
import { useTopUpPackages } from '../hooks/use-top-up-packages.ts';
import { topUpDialogWords } from '../i18n/top-up-dialog.ts';
import { Loaded } from '../parts/loaded.tsx';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';
import { EmbeddedPageContext } from './embedded-page-context.ts';
import { listWays } from './list-ways.ts';
import { TopUpDialogView } from './top-up-dialog-view.tsx';
import { TopUpFormView } from './top-up-form-view.tsx';
import { useCardLookup } from './use-card-lookup.ts';

export interface TopUpDialogProps {
  open: boolean;
  /** Closed by the customer, or because the purchase goes on elsewhere. */
  onClose: () => void;
}

/**
 * Everything about buying credits in one dialog: packages, an amount of one's own, the way to pay, what it leads to
 * and by which rules. It closes once there is a purchase to follow, which `TopUpStatus` does.
 */
export function TopUpDialog({ open, onClose }: TopUpDialogProps) {
  const { tell } = useMeterboard();
  const resource = useTopUpPackages();
  const topUp = useTopUp();
  const canEmbed = useContext(EmbeddedPageContext) !== null;
  const ways = listWays(resource.data?.payWith ?? [], canEmbed);
  const cardLookup = useCardLookup(open && ways.includes('saved_card'));
  const { next, phase, cancel } = topUp;

  const wasOpen = useRef(false);
  const chosen = useRef('');
  useEffect(() => {
    if (open && !wasOpen.current) tell({ type: 'opened' });
    wasOpen.current = open;
  }, [open, tell]);
  const close = useRef(onClose);
  close.current = onClose;
  const goesOnElsewhere = next !== null && next.state !== 'open' && next.state !== 'requires_action';
  useEffect(() => {
    if (goesOnElsewhere) close.current();
  }, [goesOnElsewhere]);

  return (
    <TopUpDialogView
      open={open}
      isWide={phase === 'embedded'}
      onClose={() => {
        cancel();
        onClose();
      }}
    >
      {phase === 'embedded' && next?.clientSecret ? (
        <EmbeddedStep
          clientSecret={next.clientSecret}
          onComplete={() => {
            topUp.complete();
            onClose();
          }}
          onPage={() => topUp.start({ ...topUp.order, payWith: 'hosted_page' })}
          onBack={cancel}
        />
      ) : (
        <Loaded resource={resource} rows={6}>
          {(offer) => (
            <TopUpFormView
              offer={offer}
              ways={ways}
              cardLookup={cardLookup}
              topUp={topUp}
              onChoose={(packageId, price) => {
                const choice = `${packageId} ${price.amountMinor}`;
                if (chosen.current !== choice) tell({ type: 'package_chosen', packageId, price });
                chosen.current = choice;
              }}
              onClose={onClose}
            />
          )}
        </Loaded>
      )}
    </TopUpDialogView>
  );
}

interface EmbeddedStepProps {
  clientSecret: string;
  onComplete: () => void;
  /** Pays the same purchase on the payment page. */
  onPage: () => void;
  onBack: () => void;
}

/** The provider's page within the dialog; where it cannot be shown, the way to the same purchase on its own page. */
function EmbeddedStep({ clientSecret, onComplete, onPage, onBack }: EmbeddedStepProps) {
  const m = useWords(topUpDialogWords);
  const EmbeddedPage = useContext(EmbeddedPageContext);
  const [hasFailed, setFailed] = useState(false);
  return (
    <div data-mb="embedded">
      {EmbeddedPage && !hasFailed ? (
        <EmbeddedPage
          clientSecret={clientSecret}
          onComplete={onComplete}
          onUnavailable={() => setFailed(true)}
        />
      ) : (
        <div data-mb="error" role="alert">
          <p>{m.pageFailed}</p>
          <button type="button" data-mb="button" data-variant="primary" onClick={onPage}>
            {m.toPayment}
          </button>
        </div>
      )}
      <footer data-mb="dialog-foot">
        <button type="button" data-mb="button" data-variant="quiet" onClick={onBack}>
          {m.back}
        </button>
      </footer>
    </div>
  );
}
