'use client';
import { type ComponentType, createContext } from 'react';

/** What shows the provider's payment page within the host's. */
export interface EmbeddedPageProps {
  /** Of the purchase that is to be paid. */
  clientSecret: string;
  /** The customer is done there. */
  onComplete: () => void;
  /** It cannot be shown here; the same purchase can be paid on the payment page. */
  onUnavailable: () => void;
}

/** Set by `@meterboard/react/checkout`; `null`: purchases are paid on the payment page. */
export const EmbeddedPageContext = createContext<ComponentType<EmbeddedPageProps> | null>(null);
