'use client';
import type { PayWith } from '@meterboard/contract';
import { useId } from 'react';
import { formatBrand, formatExpiry } from '../format/card.ts';
import { topUpDialogWords } from '../i18n/top-up-dialog.ts';
import { Retry } from '../parts/retry.tsx';
import { useWords } from '../provider/use-words.ts';
import type { CardLookup } from './card-lookup.ts';

export interface WayChoiceProps {
  /** Best first. */
  ways: PayWith[];
  chosen: PayWith;
  cardLookup: CardLookup;
  onChoose: (way: PayWith) => void;
}

/** How to pay. Renders a `<fieldset>` of radio buttons, or nothing where there is one way only. */
export function WayChoice({ ways, chosen, cardLookup, onChoose }: WayChoiceProps) {
  const m = useWords(topUpDialogWords);
  const name = useId();
  const offered = ways.filter((way) => way !== 'saved_card' || cardLookup.state !== 'none');
  if (offered.length < 2) return null;
  return (
    <fieldset data-mb="packages">
      <legend>{m.payWithTitle}</legend>
      {offered.map((way) =>
        way === 'saved_card' && !cardLookup.card ? (
          <NoCard key={way} lookup={cardLookup} />
        ) : (
          <label key={way} data-mb="package">
            <input type="radio" name={name} checked={way === chosen} onChange={() => onChoose(way)} />
            <span>
              {way === 'saved_card' && cardLookup.card
                ? m.cardEnding(formatBrand(cardLookup.card.brand), cardLookup.card.last4)
                : m.payWith[way]}
            </span>
            <span data-mb="sub">
              {way === 'saved_card'
                ? cardLookup.card && m.cardExpires(formatExpiry(cardLookup.card))
                : m.payWithHint[way]}
            </span>
          </label>
        ),
      )}
    </fieldset>
  );
}

/** In the card's place while there is none to choose. Renders a `<div role="status">`. */
function NoCard({ lookup: { state, isFetching, refetch } }: { lookup: CardLookup }) {
  const m = useWords(topUpDialogWords);
  return (
    <div data-mb="no-card" data-state={state} role="status">
      <span data-mb="sub">{state === 'failed' ? m.cardFailed : m.cardLoading}</span>
      {state === 'failed' ? <Retry isLink isFetching={isFetching} refetch={refetch} /> : null}
    </div>
  );
}
