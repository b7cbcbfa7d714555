'use client';
import type { MeterboardClient, Overview } from '@meterboard/contract';
import type { QueryClient } from '@tanstack/react-query';
import { createContext, useContext, useSyncExternalStore } from 'react';
import type { PrintQuantity } from '../format/quantity.ts';
import type { Messages } from '../i18n/messages.ts';
import type { TopUpEvent } from '../top-up/top-up-event.ts';
import type { Session } from './session.ts';

export interface MeterboardContextValue {
  client: MeterboardClient;
  queryClient: QueryClient;
  session: Session;
  timeZone: string;
  /** Of figures. */
  locale: string;
  /** Of words that `Intl` makes: weekdays, months, ages. The locale where the messages are in its language, else theirs. */
  language: string;
  /** A quantity of a meter without its unit: as the host prints it, else as `usual` does. */
  print: PrintQuantity;
  /** Where files are downloaded from; `undefined`: nothing can be. */
  exportUrl: string | undefined;
  /** The host's words; each component brings its own English for the rest. */
  messages: Partial<Messages> | undefined;
  /** Tells the host's `onTopUpEvent`. Never throws. */
  tell: (event: TopUpEvent) => void;
}

export const MeterboardContext = createContext<MeterboardContextValue | null>(null);

/**
 * Below a dashboard, whose one call feeds the components inside so that they make none of their own: what it
 * answered, or `true` before that.
 */
export const FedContext = createContext<Overview | boolean>(false);

/** What `<MeterboardProvider>` provides. Throws where there is none. */
export function useMeterboard(): MeterboardContextValue {
  const value = useContext(MeterboardContext);
  if (!value) {
    throw new Error('Meterboard components need a client: wrap them in <MeterboardProvider client={…}>.');
  }
  return value;
}

/** The signed-in customer's session key; empty while nobody is known. */
export function useSessionKey(): string {
  const { session } = useMeterboard();
  return useSyncExternalStore(session.subscribe, session.key, session.key);
}
