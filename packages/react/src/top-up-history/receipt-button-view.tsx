'use client';
import { topUpHistoryWords } from '../i18n/top-up-history.ts';
import { useWords } from '../provider/use-words.ts';

export interface ReceiptButtonViewProps {
  /** Of the purchase, for assistive technology: several such buttons stand in one list. */
  name: string;
  /** `blocked`: the link is there, and the browser let no page open. */
  state: 'idle' | 'loading' | 'failed' | 'none' | 'blocked';
  url: string | null;
  onOpen: () => void;
}

/** Asks for a receipt and opens it. Renders a `<button>`, or the link where the browser blocks pages, and says what became of it. */
export function ReceiptButtonView({ name, state, url, onOpen }: ReceiptButtonViewProps) {
  const m = useWords(topUpHistoryWords);
  return (
    <>
      {state === 'none' ? null : state === 'blocked' && url ? (
        <a
          href={url}
          target="_blank"
          rel="noopener noreferrer"
          data-mb="link"
          aria-label={`${m.receiptReady}, ${name}`}
        >
          {m.receiptReady}
        </a>
      ) : (
        <button
          type="button"
          data-mb="link"
          aria-label={`${state === 'loading' ? m.receiptLoading : m.receipt}, ${name}`}
          aria-disabled={state === 'loading'}
          onClick={() => state !== 'loading' && onOpen()}
        >
          {state === 'loading' ? m.receiptLoading : m.receipt}
        </button>
      )}
      <span role="status">
        {state === 'none' ? m.receiptNone : state === 'failed' ? m.receiptFailed : ''}
      </span>
    </>
  );
}
