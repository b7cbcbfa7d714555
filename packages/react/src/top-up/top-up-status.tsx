'use client';
import { useEffect } from 'react';
import { useFollowed } from '../hooks/use-followed.ts';
import { topUpWords } from '../i18n/top-up.ts';
import { ErrorNotice } from '../parts/error-notice.tsx';
import { useWords } from '../provider/use-words.ts';
import { useTopUpFlow } from './use-top-up-flow.ts';

/**
 * Follows the purchase that has just come back from the payment page or was paid here, until the credit is there.
 * Renders a `<div role="status">` that is always there, so that changes are announced.
 */
export function TopUpStatus() {
  const m = useWords(topUpWords);
  const isFollowing = useFollowed() !== null;
  const { loaded, hasFailed, load } = useTopUpFlow();
  useEffect(() => {
    if (isFollowing) load();
  }, [isFollowing, load]);
  return (
    <div data-mb="live" role="status">
      {!isFollowing ? null : loaded ? (
        <loaded.FollowedTopUp />
      ) : hasFailed ? (
        <ErrorNotice error={m.partFailed} refetch={load} />
      ) : (
        <p data-mb="top-up-status">{m.checking}</p>
      )}
    </div>
  );
}
