'use client';
import type { PublicError, TopUpPackages } from '@meterboard/contract';
import { useEffect, useRef } from 'react';
import { ErrorNotice } from '../parts/error-notice.tsx';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { TopUpDialog } from './top-up-dialog.tsx';

export interface TopUpButtonViewProps {
  offer: TopUpPackages;
  isStarting: boolean;
  /** Why the last start failed. */
  error: PublicError | null;
  /** The purchase that is being followed: once there is a new one, choosing is over and the dialog closes. */
  topUpId?: string | null;
  onStart: (packageId: string) => void;
  /** The dialog was closed: whatever was started is not wanted any more. */
  onCancel?: () => void;
}

/**
 * The way to the payment page: a button that lets people choose where there is a choice. Renders a `<div>`, or
 * nothing where the host sells nothing; disabled with the reason where this person cannot buy.
 */
export function TopUpButtonView(props: TopUpButtonViewProps) {
  const { offer, isStarting, error, topUpId, onStart, onCancel } = props;
  const { messages: m } = useMeterboard();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (topUpId) dialog.current?.close();
  }, [topUpId]);
  const { packages, unavailable } = offer;
  const [only] = packages;
  if (unavailable === 'not_configured' || !only) return null;
  return (
    <div data-mb="top-up">
      <button
        type="button"
        data-mb="button"
        data-variant="primary"
        disabled={isStarting || unavailable !== null}
        onClick={() => (packages.length > 1 ? dialog.current?.showModal() : onStart(only.packageId))}
      >
        {isStarting ? m.opening : m.topUp}
      </button>
      {unavailable ? <p data-mb="sub">{m.unavailable[unavailable]}</p> : null}
      {packages.length > 1 ? (
        <TopUpDialog
          ref={dialog}
          packages={packages}
          isStarting={isStarting}
          error={error}
          onStart={onStart}
          onCancel={onCancel}
        />
      ) : error ? (
        <ErrorNotice error={error} />
      ) : null}
    </div>
  );
}
