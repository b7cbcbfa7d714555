'use client';
import type { PayWith } from '@meterboard/contract';
import { useEffect, useRef, useState } from 'react';

/** A click within this time after the button changed was meant for what it said before. */
const aimedMs = 600;

/** The way to pay that is chosen, by hand or by the host's order. */
export interface PreferredWay {
  way: PayWith;
  choose: (way: PayWith) => void;
  /** `false` for a moment after the choice became the saved card by itself: a click meant for the page must not charge. */
  isRipe: () => boolean;
}

/** The best way to pay that is there: the saved card only once it is known, until somebody chooses. */
export function usePreferredWay(ways: PayWith[], hasCard: boolean): PreferredWay {
  const [byHand, setByHand] = useState<PayWith | null>(null);
  const can = ways.filter((way) => way !== 'saved_card' || hasCard);
  const way = byHand && can.includes(byHand) ? byHand : (can[0] ?? 'hosted_page');
  const byItself = way === 'saved_card' && byHand === null;
  const changedAtMs = useRef(Number.NEGATIVE_INFINITY);
  const isFirst = useRef(true);
  useEffect(() => {
    if (byItself && !isFirst.current) changedAtMs.current = performance.now();
    isFirst.current = false;
  }, [byItself]);
  return {
    way,
    choose: setByHand,
    isRipe: () => !byItself || performance.now() - changedAtMs.current > aimedMs,
  };
}
