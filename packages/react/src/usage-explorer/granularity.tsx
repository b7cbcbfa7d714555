'use client';
import type { Bucket, UsageRange } from '@meterboard/contract';
import { explorerWords } from '../i18n/usage-explorer.ts';
import { useWords } from '../provider/use-words.ts';
import { bucketsFor, usualPeriodDays } from './explorer-state.ts';
import { Segments } from './segments.tsx';

export interface GranularityProps {
  /** Decides what can be chosen. */
  range: UsageRange;
  /** How many days billing periods have. Default 31. */
  periodDays?: number;
  bucket: Bucket;
  onChange: (bucket: Bucket) => void;
}

/** Hours, days, weeks or months: those of them that the range can be shown in, and the one that it is. Renders a `<fieldset>`. */
export function Granularity({ range, periodDays = usualPeriodDays, bucket, onChange }: GranularityProps) {
  const m = useWords(explorerWords);
  const possible = bucketsFor(range, periodDays);
  return (
    <Segments
      label={m.granularity}
      options={possible.includes(bucket) ? possible : [...possible, bucket]}
      names={m.buckets}
      selected={bucket}
      onChange={onChange}
    />
  );
}
