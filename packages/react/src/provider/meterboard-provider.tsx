'use client';
import type { MeterboardClient, MeterList, Overview, PublicError } from '@meterboard/contract';
import { QueryClient, useQuery } from '@tanstack/react-query';
import {
  type ReactNode,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { dateFormat } from '../format/dates.ts';
import type { Measure, PrintQuantity } from '../format/quantity.ts';
import { readOptions } from '../hooks/read-options.ts';
import type { Messages } from '../i18n/messages.ts';
import type { TopUpEvent } from '../top-up/top-up-event.ts';
import { MeterboardContext, useMeterboard } from './meterboard-context.ts';
import { seedOverview } from './seed-overview.ts';
import { sessionOf } from './session.ts';

export interface MeterboardProviderProps {
  client: MeterboardClient;
  /** IANA name; the days of charts and all dates are in this zone. Default UTC, and labelled as such. */
  timeZone?: string;
  /** BCP 47, or with `_`: of figures, and of dates where the messages are in its language. Default `en`, also on the server, so that both render the same. */
  locale?: string;
  /** Words to replace; English for the rest. */
  messages?: Partial<Messages>;
  /** Shown once, in place of `children`, while nobody is signed in. Left out: each component says so itself. */
  signedOut?: ReactNode;
  /** An overview that the host's server read for this customer in this zone: rendered at once, without a call. */
  initialOverview?: Overview;
  /**
   * How quantities of a meter are printed, without the unit, which stands behind them where there is one; `undefined`: as
   * usual. `quantity` is a decimal string, on axes a round one. Another function in each render draws everything again.
   */
  formatQuantity?: (quantity: string, meter: Measure, locale: string) => string | undefined;
  /** Where the server's downloads are, e.g. `/api/meterboard/export`. Left out: nothing offers one. */
  exportUrl?: string;
  /** Default: one of its own for each mount. */
  queryClient?: QueryClient;
  /** Told of each step of a purchase, once. What it throws reaches the page's `error` event and nothing of the kit. */
  onTopUpEvent?: (event: TopUpEvent) => void;
  children?: ReactNode;
}

/**
 * Gives components and hooks their client, language and zone, and keeps customers' data apart. Throws where `locale`
 * or `timeZone` names nothing that `Intl` knows.
 */
export function MeterboardProvider(props: MeterboardProviderProps) {
  const {
    client,
    timeZone = 'UTC',
    messages,
    signedOut = null,
    formatQuantity,
    exportUrl,
    onTopUpEvent,
    children,
  } = props;
  const locale = (props.locale ?? 'en').replaceAll('_', '-');
  const [{ queryClient, session }] = useState(() => {
    const { initialOverview, queryClient = new QueryClient() } = props;
    const session = sessionOf(queryClient, client, initialOverview?.sessionKey);
    if (initialOverview) {
      queryClient.setQueryData(
        session.keyOf(initialOverview.sessionKey, 'overview', { timeZone }),
        initialOverview,
      );
      seedOverview(queryClient, session, initialOverview, timeZone);
    }
    return { queryClient, session };
  });
  useEffect(() => {
    queryClient.mount();
    return () => queryClient.unmount();
  }, [queryClient]);
  useMemo(() => assertKnown(locale, timeZone), [locale, timeZone]);
  const isSignedOut = useSyncExternalStore(session.subscribe, session.isSignedOut, session.isSignedOut);
  const listener = useRef(onTopUpEvent);
  useEffect(() => {
    listener.current = onTopUpEvent;
  });
  const tell = useCallback((event: TopUpEvent) => {
    try {
      listener.current?.(event);
    } catch (cause) {
      reportError(cause);
    }
  }, []);
  const value = useMemo(() => {
    const { language: words = 'en' } = messages ?? {};
    const language = words.split('-')[0] === locale.split('-')[0] ? locale : words;
    const print: PrintQuantity = (quantity, meter, usual) => {
      let own: unknown;
      try {
        own = formatQuantity?.(quantity, meter, locale);
      } catch (cause) {
        reportError(cause);
      }
      return typeof own === 'string' ? own : usual(quantity, locale);
    };
    return { client, queryClient, session, timeZone, locale, language, print, exportUrl, messages, tell };
  }, [client, queryClient, session, timeZone, locale, formatQuantity, exportUrl, messages, tell]);
  return (
    <MeterboardContext value={value}>
      {isSignedOut && signedOut !== null ? (
        <>
          <SignInProbe />
          {signedOut}
        </>
      ) : (
        children
      )}
    </MeterboardContext>
  );
}

/** Notices that somebody has signed in: reads each minute and on focus, not at once, and shows nothing. */
function SignInProbe() {
  const { client, queryClient, session } = useMeterboard();
  const call = () => client.meters.list.query(undefined);
  useQuery<MeterList | null, PublicError>(
    {
      queryKey: session.keyOf('', 'probe'),
      queryFn: () => session.read({ name: 'meters', call }),
      initialData: null,
      ...readOptions,
    },
    queryClient,
  );
  return null;
}

function assertKnown(locale: string, timeZone: string): void {
  try {
    dateFormat(locale, timeZone, {});
  } catch (cause) {
    throw new Error(`<MeterboardProvider locale="${locale}" timeZone="${timeZone}">: ${cause}`, { cause });
  }
}
