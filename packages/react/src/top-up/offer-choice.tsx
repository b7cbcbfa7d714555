'use client';
import type { TopUpPackages } from '@meterboard/contract';
import { type ReactNode, useId } from 'react';
import { joinFacts } from '../format/facts.ts';
import { formatMoney } from '../format/money.ts';
import { formatMonths } from '../format/months.ts';
import { topUpDialogWords } from '../i18n/top-up-dialog.ts';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';

export interface OfferChoiceProps {
  offer: TopUpPackages;
  /** A package's id, or `null` for an amount of one's own. */
  chosen: string | null;
  onChoose: (packageId: string | null) => void;
  /** The next choice is made with a pointer, or with keys. */
  onPoint: (isPointing: boolean) => void;
  /** Where the amount of one's own is typed. */
  field: ReactNode;
}

/** What to buy. Renders a `<fieldset>` of radio buttons, the field below the last one while that is chosen. */
export function OfferChoice({ offer, chosen, onChoose, onPoint, field }: OfferChoiceProps) {
  const { locale, language } = useMeterboard();
  const m = useWords(topUpDialogWords);
  const name = useId();
  const { packages, custom } = offer;
  const ends = (months: number | null) =>
    months === null ? m.neverExpires : m.validFor(formatMonths(months, language));
  return (
    <fieldset data-mb="packages" onPointerDown={() => onPoint(true)} onKeyDown={() => onPoint(false)}>
      <legend>{m.topUpPackages}</legend>
      {packages.map(({ packageId, label, price, credit, bonus, expiresAfterMonths }) => (
        <label key={packageId} data-mb="package">
          <input
            type="radio"
            name={name}
            checked={packageId === chosen}
            onChange={() => onChoose(packageId)}
          />
          <span>{label}</span>
          <span data-mb="number">{formatMoney(price, locale)}</span>
          <span data-mb="sub">
            {joinFacts(
              bonus.amountMinor > 0
                ? m.withBonus(formatMoney(credit, locale), formatMoney(bonus, locale))
                : m.creditAdded(formatMoney(credit, locale)),
              ends(expiresAfterMonths),
            )}
          </span>
        </label>
      ))}
      {custom && packages.length > 0 ? (
        <label data-mb="package">
          <input type="radio" name={name} checked={chosen === null} onChange={() => onChoose(null)} />
          <span>{m.ownAmount}</span>
          <span data-mb="sub">{ends(custom.expiresAfterMonths)}</span>
        </label>
      ) : null}
      {custom && chosen === null ? field : null}
    </fieldset>
  );
}
