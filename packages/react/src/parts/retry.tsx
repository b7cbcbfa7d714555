'use client';
import { baseWords } from '../i18n/base.ts';
import { useWords } from '../provider/use-words.ts';

export interface RetryProps {
  isFetching?: boolean;
  refetch: () => void;
  /** Looks like a link. */
  isLink?: boolean;
}

/** Reads again, and says while it does. Renders a `<button>`. */
export function Retry({ isFetching, refetch, isLink }: RetryProps) {
  const m = useWords(baseWords);
  return (
    <button
      type="button"
      data-mb={isLink ? 'link' : 'button'}
      disabled={isFetching}
      onClick={() => refetch()}
    >
      {isFetching ? m.retrying : m.retry}
    </button>
  );
}
