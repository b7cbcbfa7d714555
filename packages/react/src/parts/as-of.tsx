'use client';
import { formatRelative } from '../format/dates.ts';
import { baseWords } from '../i18n/base.ts';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';
import { Retry } from './retry.tsx';

export interface AsOfProps {
  /** Age of the figures; without one nothing is shown. */
  ageMs?: number | null;
  /** The figures are old because they could not be read again. */
  isStale?: boolean;
  isFetching?: boolean;
  /** Offers to read them again once they are stale. */
  refetch?: () => void;
}

/** How old the figures are. Renders a `<span>`. Styling: `data-stale`. */
export function AsOf({ ageMs = null, isStale, isFetching, refetch }: AsOfProps) {
  const { language } = useMeterboard();
  const m = useWords(baseWords);
  if (ageMs === null) return null;
  const age = formatRelative(-ageMs, language);
  return (
    <span data-mb="as-of" data-stale={isStale || undefined}>
      {isStale ? m.outdated(age) : m.updated(age)}
      {isStale && refetch ? <Retry isLink isFetching={isFetching} refetch={refetch} /> : null}
    </span>
  );
}
