'use client';
import type { PublicError, TopUpPackage } from '@meterboard/contract';
import { type RefObject, useId, useState } from 'react';
import { formatMonths } from '../format/dates.ts';
import { joinFacts } from '../format/facts.ts';
import { formatMoney } from '../format/money.ts';
import { ErrorNotice } from '../parts/error-notice.tsx';
import { useMeterboard } from '../provider/meterboard-context.ts';

export interface TopUpDialogProps {
  /** Opened by its owner with `showModal()`. */
  ref: RefObject<HTMLDialogElement | null>;
  packages: TopUpPackage[];
  isStarting: boolean;
  /** Why the last start failed. */
  error: PublicError | null;
  onStart: (packageId: string) => void;
  /** Closed, by whatever means. */
  onCancel?: () => void;
}

/** Which package to buy. Renders a `<dialog>` with a radio group; nothing is charged here. */
export function TopUpDialog({ ref, packages, isStarting, error, onStart, onCancel }: TopUpDialogProps) {
  const { locale, language, messages: m } = useMeterboard();
  const id = useId();
  const [chosen, choose] = useState(packages[0]?.packageId);
  return (
    <dialog data-mb="dialog" ref={ref} aria-labelledby={id} onClose={onCancel}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (chosen !== undefined) onStart(chosen);
        }}
      >
        <h3 id={id}>{m.topUpTitle}</h3>
        <fieldset data-mb="packages">
          <legend data-mb="hidden">{m.topUpPackages}</legend>
          {packages.map(({ packageId, label, price, credit, expiresAfterMonths: months }) => (
            <label key={packageId} data-mb="package">
              <input
                type="radio"
                name={id}
                value={packageId}
                checked={packageId === chosen}
                onChange={() => choose(packageId)}
              />
              <span>{label}</span>
              <span data-mb="number">{formatMoney(price, locale)}</span>
              <span data-mb="sub">
                {joinFacts(
                  m.creditAdded(formatMoney(credit, locale)),
                  months === null ? m.noExpiry : m.validFor(formatMonths(months, language)),
                )}
              </span>
            </label>
          ))}
        </fieldset>
        {error ? <ErrorNotice error={error} /> : null}
        <footer data-mb="card-foot">
          <button type="submit" data-mb="button" data-variant="primary" disabled={isStarting}>
            {isStarting ? m.opening : m.toPayment}
          </button>
          <button type="button" data-mb="button" onClick={() => ref.current?.close()}>
            {m.cancel}
          </button>
        </footer>
      </form>
    </dialog>
  );
}
