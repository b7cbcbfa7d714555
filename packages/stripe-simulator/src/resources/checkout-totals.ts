import Big from 'big.js';
import { roundMinor } from '../billing/pricing.ts';

/** What a coupon takes off a session, fixed when it was applied. */
export interface DiscountState {
  id: string;
  couponId: string;
  /** The code that the payer or the merchant gave, if it was by a code. */
  promotionCodeId: string | null;
  /** Exactly one of the two is set. */
  percentOff: number | null;
  amountOffMinor: number | null;
}

/** What the totals follow from. */
export interface Totalled {
  lines: ReadonlyArray<{ amountMinor: number; taxBehavior: 'exclusive' | 'inclusive' | 'unspecified' }>;
  discount: DiscountState | null;
  /** Null when no tax is worked out. */
  taxPercent: number | null;
}

/** The amounts of one line, in minor units. An inclusive tax is a part of the total, an exclusive one comes on top. */
export interface LineTotals {
  discountMinor: number;
  taxMinor: number;
  totalMinor: number;
}

export interface SessionTotals extends LineTotals {
  subtotalMinor: number;
  /** In the order of the session's lines. */
  lines: LineTotals[];
}

/**
 * What a session asks for. A percentage is taken off the sum and rounded once, half away from zero; a discount is
 * shared out among the lines so that nothing is lost to rounding; tax is rounded per line (assumptions).
 */
export function sessionTotals(session: Totalled): SessionTotals {
  const subtotalMinor = session.lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  const discountMinor = discountOf(session.discount, subtotalMinor);
  let reachedMinor = 0;
  const shareUpTo = (minor: number): number =>
    subtotalMinor === 0 ? 0 : roundMinor(new Big(discountMinor).times(minor).div(subtotalMinor));
  const lines = session.lines.map((line) => {
    const sharedMinor = shareUpTo(reachedMinor);
    reachedMinor += line.amountMinor;
    const ownMinor = shareUpTo(reachedMinor) - sharedMinor;
    const netMinor = line.amountMinor - ownMinor;
    const inclusive = line.taxBehavior === 'inclusive';
    const taxMinor = taxOf(netMinor, session.taxPercent, inclusive);
    return { discountMinor: ownMinor, taxMinor, totalMinor: inclusive ? netMinor : netMinor + taxMinor };
  });
  const sum = (pick: (line: LineTotals) => number): number =>
    lines.reduce((total, line) => total + pick(line), 0);
  return {
    subtotalMinor,
    discountMinor,
    taxMinor: sum(({ taxMinor }) => taxMinor),
    totalMinor: sum(({ totalMinor }) => totalMinor),
    lines,
  };
}

function discountOf(discount: DiscountState | null, subtotalMinor: number): number {
  if (discount === null) return 0;
  if (discount.percentOff === null) return Math.min(discount.amountOffMinor ?? 0, subtotalMinor);
  return roundMinor(new Big(subtotalMinor).times(discount.percentOff).div(100));
}

function taxOf(netMinor: number, percent: number | null, inclusive: boolean): number {
  if (percent === null) return 0;
  return roundMinor(new Big(netMinor).times(percent).div(inclusive ? new Big(100).plus(percent) : 100));
}
