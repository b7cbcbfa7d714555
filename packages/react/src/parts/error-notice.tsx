'use client';
import type { PublicError } from '@meterboard/contract';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { Retry } from './retry.tsx';

export interface ErrorNoticeProps {
  error: PublicError;
  isFetching?: boolean;
  /** Left out where trying again cannot help. */
  refetch?: () => void;
}

/** What failed and what to do about it. Renders a `<div role="alert">`. */
export function ErrorNotice({ error, isFetching, refetch }: ErrorNoticeProps) {
  const { messages: m } = useMeterboard();
  return (
    <div data-mb="error" role="alert">
      <p>{m.errors[error.code] ?? error.message}</p>
      {refetch ? <Retry isFetching={isFetching} refetch={refetch} /> : null}
    </div>
  );
}
