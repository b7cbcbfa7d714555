'use client';
import type { Bucket, UsageRange } from '@meterboard/contract';
import { explorerWords } from '../i18n/usage-explorer.ts';
import { useWords } from '../provider/use-words.ts';
import { bucketsFor } from './explorer-state.ts';
import { Segments } from './segments.tsx';

export interface GranularityProps {
  /** Decides what can be chosen. */
  range: UsageRange;
  bucket: Bucket;
  onChange: (bucket: Bucket) => void;
}

/** Hours, days, weeks or months: those of them that the range can be shown in. Renders a `<fieldset>`. */
export function Granularity({ range, bucket, onChange }: GranularityProps) {
  const m = useWords(explorerWords);
  return (
    <Segments
      label={m.granularity}
      options={bucketsFor(range)}
      names={m.buckets}
      selected={bucket}
      onChange={onChange}
    />
  );
}
