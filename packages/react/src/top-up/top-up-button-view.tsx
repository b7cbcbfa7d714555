'use client';
import { type ReactNode, useId } from 'react';
import { topUpWords } from '../i18n/top-up.ts';
import { ErrorNotice } from '../parts/error-notice.tsx';
import { useWords } from '../provider/use-words.ts';

export interface TopUpButtonViewProps {
  /** Why this person cannot buy; `null`: they can. */
  unavailable: 'not_allowed' | 'no_metered_subscription' | null;
  /** What the button opens is on its way. */
  isLoading?: boolean;
  /** What the button opens did not come. */
  hasFailed?: boolean;
  onPress: () => void;
  /** Asks for it again. */
  load?: () => void;
  /** What it opens. */
  children?: ReactNode;
}

/** The way to buy credits. Renders a `<div>` with a button; disabled with the reason where this person cannot buy. */
export function TopUpButtonView(props: TopUpButtonViewProps) {
  const { unavailable, isLoading, hasFailed, onPress, load, children } = props;
  const m = useWords(topUpWords);
  const id = useId();
  return (
    <div data-mb="top-up">
      <button
        type="button"
        data-mb="button"
        data-variant="primary"
        aria-busy={isLoading}
        aria-describedby={id}
        disabled={unavailable !== null}
        // Not disabled while loading: the focus would be lost, and the dialog gives it back to where it was.
        onClick={() => isLoading || onPress()}
      >
        {isLoading ? m.preparing : m.topUp}
      </button>
      <p data-mb="sub" id={id}>
        {unavailable && m.unavailable[unavailable]}
      </p>
      {hasFailed ? <ErrorNotice error={m.partFailed} refetch={load} /> : null}
      {children}
    </div>
  );
}
