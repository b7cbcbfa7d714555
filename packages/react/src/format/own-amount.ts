import type { CustomTopUp } from '@meterboard/contract';
import { parseMoney } from './parse-money.ts';

/** Why what was typed cannot be bought. */
export type OwnAmountProblem = 'unreadable' | 'below' | 'above' | 'off_step';

/** An amount that can be bought, in minor units, or why it cannot; both `null` where nothing was typed. */
export interface OwnAmount {
  amountMinor: number | null;
  problem: OwnAmountProblem | null;
}

/** Reads what a customer typed as an amount of their own, by the limits of the offer. */
export function readOwnAmount(text: string, offer: CustomTopUp, locale: string): OwnAmount {
  if (!text.trim()) return { amountMinor: null, problem: null };
  const { minimum, maximum, step } = offer;
  const amountMinor = parseMoney(text, minimum.currency, locale);
  const problem =
    amountMinor === null
      ? 'unreadable'
      : amountMinor > maximum.amountMinor
        ? 'above'
        : amountMinor < minimum.amountMinor
          ? 'below'
          : amountMinor % step.amountMinor !== 0
            ? 'off_step'
            : null;
  return { amountMinor: problem ? null : amountMinor, problem };
}
