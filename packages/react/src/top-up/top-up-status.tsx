'use client';
import { useEffect } from 'react';
import { useFollowed } from '../hooks/use-followed.ts';
import { topUpWords } from '../i18n/top-up.ts';
import { ErrorNotice } from '../parts/error-notice.tsx';
import { usePart } from '../parts/use-part.ts';
import { useWords } from '../provider/use-words.ts';

const fetchStatus = () => import('./followed-top-up.tsx');

/**
 * Follows the purchase that has just come back from the payment page or was paid here, until the credit is there.
 * Renders a `<div role="status">` that is always there, so that changes are announced.
 */
export function TopUpStatus() {
  const m = useWords(topUpWords);
  const isFollowing = useFollowed() !== null;
  const { loaded, hasFailed, load } = usePart(fetchStatus);
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
