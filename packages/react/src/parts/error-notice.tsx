'use client';
import type { PublicError } from '@meterboard/contract';
import { baseWords } from '../i18n/base.ts';
import { useWords } from '../provider/use-words.ts';
import { Retry } from './retry.tsx';

export interface ErrorNoticeProps {
  /** What failed, or the words for it. */
  error: PublicError | string;
  isFetching?: boolean;
  /** Left out where trying again cannot help. */
  refetch?: () => void;
}

/** What failed and what to do about it. Renders a `<div role="alert">`. */
export function ErrorNotice({ error, isFetching, refetch }: ErrorNoticeProps) {
  const m = useWords(baseWords);
  return (
    <div data-mb="error" role="alert">
      <p>{typeof error === 'string' ? error : (m.errors[error.code] ?? error.message)}</p>
      {refetch ? <Retry isFetching={isFetching} refetch={refetch} /> : null}
    </div>
  );
}
