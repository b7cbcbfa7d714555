import type { Overview, PublicError, Section } from '@meterboard/contract';
import type { QueryClient } from '@tanstack/react-query';
import type { Session } from './session.ts';

/** What the overview's usage section answers, asked for one meter. */
export function periodUsage(eventName: string, timeZone: string) {
  return { meters: [eventName], range: { kind: 'period' }, bucket: 'day', timeZone } as const;
}

/**
 * Stores each section of an overview where its own procedure would have stored it, the usage series once per
 * meter. A failed section keeps the data that was there and marks it with the error.
 */
export function seedOverview(
  queryClient: QueryClient,
  session: Session,
  overview: Overview,
  timeZone: string,
): void {
  const put = <T>(name: string, section: Section<T>, input?: unknown) => {
    const queryKey = session.keyOf(overview.sessionKey, name, input);
    if (section.ok) {
      queryClient.setQueryData(queryKey, section.data);
    } else {
      queryClient
        .getQueryCache()
        .build<T, PublicError>(queryClient, { queryKey })
        .setState({ status: 'error', fetchStatus: 'idle', error: section.error, errorUpdatedAt: Date.now() });
    }
  };
  const { usage } = overview;
  for (const name of ['meters', 'credits', 'invoices', 'topUps'] as const) put<unknown>(name, overview[name]);
  put('summary', overview.summary, { timeZone });
  for (const eventName of metersWithUsage(overview)) {
    const series = usage.ok && usage.data.series.filter(({ meter }) => meter.eventName === eventName);
    const own = usage.ok && series ? { ok: true as const, data: { ...usage.data, series } } : usage;
    put('series', own, periodUsage(eventName, timeZone));
  }
}

/** Event names of the meters whose usage an overview tells, or says why it cannot. */
export function metersWithUsage({ usage, meters }: Overview): string[] {
  if (usage.ok) return usage.data.series.map(({ meter }) => meter.eventName);
  return meters.ok ? meters.data.meters.map(({ eventName }) => eventName) : [];
}
