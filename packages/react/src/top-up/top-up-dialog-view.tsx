'use client';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { topUpDialogWords } from '../i18n/top-up-dialog.ts';
import { useWords } from '../provider/use-words.ts';

export interface TopUpDialogViewProps {
  open: boolean;
  /** Holds the provider's page, which needs more room. */
  isWide?: boolean;
  /** Closed, by whatever means. */
  onClose: () => void;
  /** Rendered only while it is open, so that it begins anew each time. */
  children: ReactNode;
}

/**
 * A modal dialog named by its title. Renders a `<dialog>`: the focus moves into it, and back to where it was; Escape
 * closes it. Styling: `data-wide`.
 */
export function TopUpDialogView({ open, isWide, onClose, children }: TopUpDialogViewProps) {
  const m = useWords(topUpDialogWords);
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open && !dialog.current?.open) dialog.current?.showModal();
    if (!open) dialog.current?.close();
  }, [open]);
  // What had the focus may be gone with the step before.
  useEffect(() => {
    if (open && isWide !== undefined && !dialog.current?.contains(document.activeElement))
      dialog.current?.focus();
  }, [open, isWide]);
  return (
    <dialog
      ref={dialog}
      tabIndex={-1}
      data-mb="dialog"
      data-wide={isWide || undefined}
      aria-labelledby={id}
      onClose={onClose}
    >
      <h3 id={id}>{m.topUpTitle}</h3>
      {open ? children : null}
    </dialog>
  );
}
