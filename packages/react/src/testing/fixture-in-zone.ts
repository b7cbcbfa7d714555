import type { TimeSpan, UsageSeries } from '@meterboard/contract';

/** The fixture's days as days of another zone: the same figures between that zone's midnights. */
export function fixtureInZone(usage: UsageSeries, timeZone: string): UsageSeries {
  if (timeZone === usage.timeZone) return usage;
  const wall = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'medium',
    calendar: 'gregory',
  });
  /** Minutes east of Greenwich at an instant, as milliseconds. */
  const offsetMs = (atMs: number) => {
    const [, day, month, year, time] = wall.format(atMs).match(/^(\d+)\/(\d+)\/(\d+), ([\d:]+)$/) ?? [];
    return Date.parse(`${year}-${month}-${day}T${time}Z`) - atMs;
  };
  const moved = <T extends TimeSpan>(span: T): T => ({
    ...span,
    startMs: span.startMs - offsetMs(span.startMs - offsetMs(span.startMs)),
    endMs: span.endMs - offsetMs(span.endMs - offsetMs(span.endMs)),
  });
  return {
    ...usage,
    timeZone,
    series: usage.series.map((one) => ({
      ...one,
      buckets: one.buckets.map(moved),
      range: moved(one.range),
      previous: one.previous && {
        ...one.previous,
        buckets: one.previous.buckets.map(moved),
        range: moved(one.previous.range),
      },
      forecast:
        one.forecast?.kind === 'forecast'
          ? { ...one.forecast, buckets: one.forecast.buckets.map(moved) }
          : one.forecast,
    })),
  };
}
