'use client';
import type { MeterboardClient } from '@meterboard/contract';
import type { QueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useSyncExternalStore } from 'react';
import type { Messages } from '../i18n/messages.ts';
import type { Session } from './session.ts';

export interface MeterboardContextValue {
  client: MeterboardClient;
  queryClient: QueryClient;
  session: Session;
  timeZone: string;
  locale: string;
  messages: Messages;
  signedOut: ReactNode;
}

export const MeterboardContext = createContext<MeterboardContextValue | null>(null);

/** True below a dashboard: its one call feeds the components inside, so that they make none of their own. */
export const FedContext = createContext(false);

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
