import type { Overview, PublicError, Section } from '@meterboard/contract';
import type { QueryClient } from '@tanstack/react-query';
import { resourceKey } from './session.ts';

/** What the overview's usage section answers, asked for one meter. */
export function periodUsage(eventName: string, timeZone: string) {
  return { meters: [eventName], range: { kind: 'period' }, bucket: 'day', timeZone } as const;
}

/**
 * Stores each section of an overview where its own procedure would have stored it, the usage series once per
 * meter. A failed section keeps the data that was there and marks it with the error.
 */
export function seedOverview(queryClient: QueryClient, overview: Overview, timeZone: string): void {
  const put = <T>(name: string, section: Section<T>, input?: unknown) => {
    const queryKey = resourceKey(overview.sessionKey, name, input);
    if (section.ok) {
      queryClient.setQueryData(queryKey, section.data);
    } else {
      queryClient
        .getQueryCache()
        .build<T, PublicError>(queryClient, { queryKey })
        .setState({ status: 'error', fetchStatus: 'idle', error: section.error, errorUpdatedAt: Date.now() });
    }
  };
  const { meters, usage } = overview;
  put('meters', meters);
  put('summary', overview.summary);
  put('credits', overview.credits);
  put('invoices', overview.invoices);
  put('packages', overview.topUps);
  if (usage.ok) {
    for (const one of usage.data.series) {
      const data = { ...usage.data, series: [one] };
      put('series', { ok: true, data }, periodUsage(one.meter.eventName, timeZone));
    }
  } else if (meters.ok) {
    for (const { eventName } of meters.data.meters) {
      put('series', usage, periodUsage(eventName, timeZone));
    }
  }
}
