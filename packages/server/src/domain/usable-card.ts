import type { RawSavedCard } from '../gateway.ts';

/** Whether a card can still be charged: cards are good until the last day of their month, wherever on earth it ends. */
export function isUsableCard({ expiryYear, expiryMonth }: RawSavedCard, nowMs: number): boolean {
  const halfDayMs = 43_200_000;
  return nowMs < Date.UTC(expiryYear, expiryMonth, 1) + halfDayMs;
}
