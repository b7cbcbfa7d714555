'use client';
import type { Stripe } from '@stripe/stripe-js';
import { useEffect, useRef, useState } from 'react';
import { topUpDialogWords } from '../i18n/top-up-dialog.ts';
import { useWords } from '../provider/use-words.ts';
import type { EmbeddedPageProps } from '../top-up/embedded-page-context.ts';
import { watchPage } from './watch-page.ts';

type StripeReact = typeof import('@stripe/react-stripe-js');

export interface EmbeddedPageFrameProps extends EmbeddedPageProps {
  publishableKey: string;
  stripe?: Stripe | PromiseLike<Stripe | null>;
}

/** How long somebody waits for a payment form before the payment page is the better offer. */
const patienceMs = 10_000;

async function loadStripe(publishableKey: string): Promise<Stripe | null> {
  // The package has no map of its entries, so that Node and nodenext need the file; this one injects no script by itself.
  const { loadStripe } = await import('@stripe/stripe-js/pure/index.js');
  return loadStripe(publishableKey);
}

/**
 * Stripe's page within the host's. Renders a `<div>`. Calls `onUnavailable` once where Stripe.js does not load, or the
 * page is not there within 10 s.
 */
export function EmbeddedPage(props: EmbeddedPageFrameProps) {
  const { publishableKey, stripe, clientSecret } = props;
  const m = useWords(topUpDialogWords);
  const [shown, setShown] = useState<{ stripe: Stripe; kit: StripeReact } | null>(null);
  const [isReady, setReady] = useState(false);
  // Stripe keeps the first callback that it is given.
  const newest = useRef(props);
  newest.current = props;
  const [options] = useState(() => ({
    fetchClientSecret: async () => clientSecret,
    onComplete: () => newest.current.onComplete(),
  }));

  useEffect(() => {
    let isOver = false;
    const end = (isThere: boolean) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      if (isThere) setReady(true);
      else newest.current.onUnavailable();
    };
    const timer = setTimeout(() => end(false), patienceMs);
    Promise.all([stripe ?? loadStripe(publishableKey), import('@stripe/react-stripe-js')]).then(
      ([loaded, kit]) => {
        if (!loaded) end(false);
        else if (!isOver) setShown({ stripe: watchPage(loaded, end), kit });
      },
      () => end(false),
    );
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [publishableKey, stripe]);

  return (
    <div data-mb="embedded-page">
      <p data-mb="sub" role="status">
        {isReady ? '' : m.pageLoading}
      </p>
      {shown ? (
        <shown.kit.EmbeddedCheckoutProvider stripe={shown.stripe} options={options}>
          <shown.kit.EmbeddedCheckout />
        </shown.kit.EmbeddedCheckoutProvider>
      ) : null}
    </div>
  );
}
