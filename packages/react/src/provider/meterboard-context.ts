'use client';
import type { MeterboardClient, Overview } from '@meterboard/contract';
import type { QueryClient } from '@tanstack/react-query';
import { createContext, useContext, useSyncExternalStore } from 'react';
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
