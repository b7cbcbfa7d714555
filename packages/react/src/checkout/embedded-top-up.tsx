'use client';
import type { Stripe } from '@stripe/stripe-js';
import { type ReactNode, useMemo } from 'react';
import { EmbeddedPageContext, type EmbeddedPageProps } from '../top-up/embedded-page-context.ts';
import { EmbeddedPage } from './embedded-page.tsx';

export interface EmbeddedTopUpProps {
  /** Of the Stripe account that the server charges for: `pk_…`. */
  publishableKey: string;
  /** Instead of loading Stripe.js: an instance that is there already, or will be. */
  stripe?: Stripe | PromiseLike<Stripe | null>;
  children?: ReactNode;
}

/**
 * Below it, top-ups can be paid on Stripe's page within the dialog, where the server offers `embedded_page`. Renders
 * its children. Stripe.js is loaded when such a page is to be shown, not before; where it cannot be, the dialog says
 * so and leads to the payment page of the same purchase.
 */
export function EmbeddedTopUp({ publishableKey, stripe, children }: EmbeddedTopUpProps) {
  const Page = useMemo(
    () =>
      function Page(props: EmbeddedPageProps) {
        return <EmbeddedPage publishableKey={publishableKey} stripe={stripe} {...props} />;
      },
    [publishableKey, stripe],
  );
  return <EmbeddedPageContext value={Page}>{children}</EmbeddedPageContext>;
}
