'use client';
import type { Money, PayWith, TopUpPackages } from '@meterboard/contract';
import { useEffect, useRef, useState } from 'react';
import { formatMoney } from '../format/money.ts';
import { readOwnAmount } from '../format/own-amount.ts';
import { topUpDialogWords } from '../i18n/top-up-dialog.ts';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { useWords } from '../provider/use-words.ts';
import type { CardLookup } from './card-lookup.ts';
import { OfferChoice } from './offer-choice.tsx';
import { OwnAmountField } from './own-amount-field.tsx';
import { ProblemNotice } from './problem-notice.tsx';
import { PurchaseRules, TooLateNote } from './purchase-rules.tsx';
import { type Purchase, PurchaseSummary } from './purchase-summary.tsx';
import type { TopUp } from './top-up.ts';
import { usePreferredWay } from './use-preferred-way.ts';
import { WayChoice } from './way-choice.tsx';

export interface TopUpFormViewProps {
  offer: TopUpPackages;
  /** The ways to pay that can be offered, best first. */
  ways: PayWith[];
  cardLookup: CardLookup;
  topUp: Pick<TopUp, 'phase' | 'next' | 'order' | 'error' | 'start' | 'goOn' | 'cancel'>;
  /** Something else is to be bought; an amount of one's own once it is one that can be. */
  onChoose?: (packageId: string | null, price: Money) => void;
  onClose: () => void;
}

/**
 * What to buy, how to pay, what that leads to and by which rules. Renders a `<form>`; nothing is charged before its
 * last button, which says the amount where it charges at once.
 */
export function TopUpFormView(props: TopUpFormViewProps) {
  const { offer, ways, cardLookup, topUp, onChoose, onClose } = props;
  const { locale } = useMeterboard();
  const m = useWords(topUpDialogWords);
  const field = useRef<HTMLInputElement>(null);
  const { packages, custom } = offer;
  const [chosen, setChosen] = useState(packages[0]?.packageId ?? null);
  const [text, setText] = useState('');
  const [wasTried, setTried] = useState(false);
  const { way, choose, isRipe } = usePreferredWay(ways, cardLookup.card !== null);

  const own = custom ? readOwnAmount(text, custom, locale) : { amountMinor: null, problem: null };
  const ownPrice: Money | null =
    custom && own.amountMinor !== null
      ? { amountMinor: own.amountMinor, currency: custom.minimum.currency }
      : null;
  const purchase: Purchase | null =
    chosen !== null
      ? (packages.find(({ packageId }) => packageId === chosen) ?? null)
      : custom && ownPrice
        ? { ...custom, price: ownPrice, credit: ownPrice, bonus: null }
        : null;
  const { phase, order, error, next } = topUp;
  const isStarting = phase === 'starting';
  const byCard = way === 'saved_card';

  // A problem is of the former choice.
  const change = () => {
    if (!isStarting && (error || next)) topUp.cancel();
  };
  // Whoever goes through the choices by keyboard stays among them.
  const byPointer = useRef(false);
  useEffect(() => {
    if (chosen === null && byPointer.current) field.current?.focus();
  }, [chosen]);

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isStarting || !isRipe()) return;
        if (!purchase) {
          setTried(true);
          field.current?.focus();
        } else if (chosen !== null) topUp.start({ packageId: chosen, payWith: way });
        else topUp.start({ amountMinor: purchase.price.amountMinor, payWith: way });
      }}
    >
      <TooLateNote offer={offer} />
      <OfferChoice
        offer={offer}
        chosen={chosen}
        onPoint={(isPointing) => {
          byPointer.current = isPointing;
        }}
        onChoose={(packageId) => {
          change();
          setChosen(packageId);
          const next = packages.find((one) => one.packageId === packageId);
          if (next) onChoose?.(packageId, next.price);
          else if (ownPrice) onChoose?.(null, ownPrice);
        }}
        field={
          custom ? (
            <OwnAmountField
              ref={field}
              offer={custom}
              text={text}
              own={own}
              wasTried={wasTried}
              onType={(typed) => {
                change();
                setTried(false);
                setText(typed);
              }}
              onLeave={() => ownPrice && onChoose?.(null, ownPrice)}
            />
          ) : null
        }
      />
      <WayChoice
        ways={ways}
        chosen={way}
        cardLookup={cardLookup}
        onChoose={(next) => {
          change();
          choose(next);
        }}
      />
      <PurchaseSummary purchase={purchase} />
      <PurchaseRules offer={offer} />
      <footer data-mb="dialog-foot">
        <ProblemNotice topUp={topUp} />
        <button
          type="submit"
          data-mb="button"
          // Where the problem above has a next step, that is the primary one.
          data-variant={next?.declined || next?.state === 'requires_action' ? undefined : 'primary'}
          aria-disabled={isStarting}
        >
          {isStarting
            ? order?.payWith === 'saved_card'
              ? m.paying
              : m.opening
            : !byCard
              ? m.toPayment
              : purchase
                ? m.payNow(formatMoney(purchase.price, locale))
                : m.payNowWithoutAmount}
        </button>
        <button type="button" data-mb="button" data-variant="quiet" onClick={onClose}>
          {m.cancel}
        </button>
      </footer>
    </form>
  );
}
