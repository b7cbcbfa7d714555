'use client';
import type { MeterboardClient, Overview } from '@meterboard/contract';
import { QueryClient } from '@tanstack/react-query';
import { type ReactNode, useMemo, useState } from 'react';
import { english, type Messages } from '../i18n/messages.ts';
import { MeterboardContext } from './meterboard-context.ts';
import { seedOverview } from './seed-overview.ts';
import { createSession, resourceKey } from './session.ts';

export interface MeterboardProviderProps {
  client: MeterboardClient;
  /** IANA name; the days of charts and all dates are in this zone. Default UTC, and labelled as such. */
  timeZone?: string;
  /** BCP 47. Default `en`, also on the server, so that both render the same. */
  locale?: string;
  /** Words to replace; English for the rest. */
  messages?: Partial<Messages>;
  /** Shown in place of every component while nobody is signed in. */
  signedOut?: ReactNode;
  /** An overview that the host's server read for this customer in this zone: rendered at once, without a call. */
  initialOverview?: Overview;
  /** Default: one of its own for each mount. */
  queryClient?: QueryClient;
  children?: ReactNode;
}

/** Gives components and hooks their client, language and zone, and keeps customers' data apart. */
export function MeterboardProvider(props: MeterboardProviderProps) {
  const { client, timeZone = 'UTC', locale = 'en', messages, signedOut = null, children } = props;
  const [{ queryClient, session }] = useState(() => {
    const { initialOverview, queryClient = new QueryClient() } = props;
    if (initialOverview) {
      const { sessionKey } = initialOverview;
      queryClient.setQueryData(resourceKey(sessionKey, 'overview', { timeZone }), initialOverview);
      seedOverview(queryClient, initialOverview, timeZone);
    }
    return { queryClient, session: createSession(queryClient, initialOverview?.sessionKey) };
  });
  const value = useMemo(
    () => ({
      client,
      queryClient,
      session,
      timeZone,
      locale,
      messages: messages ? { ...english, ...messages } : english,
      signedOut,
    }),
    [client, queryClient, session, timeZone, locale, messages, signedOut],
  );
  return <MeterboardContext value={value}>{children}</MeterboardContext>;
}
