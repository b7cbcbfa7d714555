'use client';
import type { CustomTopUp } from '@meterboard/contract';
import { type RefObject, useId, useState } from 'react';
import { formatMoney } from '../format/money.ts';
import type { OwnAmount } from '../format/own-amount.ts';
import { topUpDialogWords } from '../i18n/top-up-dialog.ts';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';

export interface OwnAmountFieldProps {
  ref: RefObject<HTMLInputElement | null>;
  offer: CustomTopUp;
  text: string;
  /** What `text` says. */
  own: OwnAmount;
  /** Somebody tried to buy with this text. */
  wasTried: boolean;
  onType: (text: string) => void;
  /** The field is left. */
  onLeave: () => void;
}

/**
 * An amount of the customer's own. Renders a `<div>` with a labelled input, its limits and what is wrong with it.
 * Tells of what more typing cannot mend at once, of the rest when the field is left.
 */
export function OwnAmountField({ ref, offer, text, own, wasTried, onType, onLeave }: OwnAmountFieldProps) {
  const { locale } = useMeterboard();
  const m = useWords(topUpDialogWords);
  const id = useId();
  const [wasLeft, setLeft] = useState(false);
  const { problem } = own;
  const isOver = wasLeft || wasTried || problem === 'unreadable' || problem === 'above';
  const shown = isOver ? (problem ?? (wasTried && !text.trim() ? 'unreadable' : null)) : null;
  const [minimum, maximum, step] = [offer.minimum, offer.maximum, offer.step].map((one) =>
    formatMoney(one, locale),
  );
  return (
    <div data-mb="own-amount">
      <label htmlFor={id}>{m.ownAmountIn(offer.minimum.currency.toUpperCase())}</label>
      <input
        ref={ref}
        id={id}
        data-mb="input"
        type="text"
        inputMode="decimal"
        autoComplete="off"
        value={text}
        aria-invalid={shown !== null}
        aria-describedby={`${id}limits ${id}problem`}
        onChange={({ currentTarget }) => {
          setLeft(false);
          onType(currentTarget.value);
        }}
        onBlur={() => {
          setLeft(true);
          onLeave();
        }}
      />
      <p data-mb="sub" id={`${id}limits`}>
        {m.ownAmountLimits(minimum ?? '', maximum ?? '', step ?? '')}
      </p>
      <p data-mb="problem" id={`${id}problem`} role="alert">
        {shown ? m.ownAmountProblem[shown] : ''}
      </p>
    </div>
  );
}
