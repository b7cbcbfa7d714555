import Big from 'big.js';
import { minorDigits } from '../billing/money.ts';
import { roundMinor } from '../billing/pricing.ts';
import { isCurrency } from '../protocol/currencies.ts';
import type { World } from '../world.ts';

/** What a payer was asked for in a currency of their own (Adaptive Pricing). */
export interface PresentmentState {
  currency: string;
  amountMinor: number;
}

/**
 * The local currency that pages offer, or null when there is none or it is this one. Throws for a switch that names
 * no currency.
 */
export function localCurrency(world: World, currency: string): string | null {
  const local = world.assumptions.adaptivePricingCurrency;
  if (local === 'none' || local === currency) return null;
  if (!isCurrency(local)) throw new Error(`adaptivePricingCurrency '${local}' is no currency.`);
  return local;
}

/** An amount in the local currency, at the rate of the switch, rounded half away from zero. */
export function presentIn(
  world: World,
  local: string,
  from: { amountMinor: number; currency: string },
): PresentmentState {
  const scale = new Big(10).pow(minorDigits(local) - minorDigits(from.currency));
  const rate = new Big(world.assumptions.adaptivePricingRate);
  return { currency: local, amountMinor: roundMinor(new Big(from.amountMinor).times(rate).times(scale)) };
}

/** The part of a presented amount that belongs to a part of what was charged. */
export function partOf(
  presentment: PresentmentState | null,
  partMinor: number,
  wholeMinor: number,
): PresentmentState | null {
  if (presentment === null || wholeMinor === 0) return null;
  const amountMinor = roundMinor(new Big(presentment.amountMinor).times(partMinor).div(wholeMinor));
  return { ...presentment, amountMinor };
}

/** The property as it stands on sessions, intents, charges and refunds: absent where nothing was converted. */
export function presentmentOf(presentment: PresentmentState | null) {
  if (presentment === null) return {};
  return {
    presentment_details: {
      presentment_amount: presentment.amountMinor,
      presentment_currency: presentment.currency,
    },
  };
}
