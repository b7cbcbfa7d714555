import type { Freshness, Measured, Money, TimeSpan } from '@meterboard/contract';

/** The instant at which the fixtures are frozen: 2026-11-22T12:00:00Z, a Sunday. */
export const fixtureNowMs = Date.UTC(2026, 10, 22, 12);

export const dayMs = 86_400_000;

/** November 2026. */
export const fixturePeriod: TimeSpan = { startMs: Date.UTC(2026, 10, 1), endMs: Date.UTC(2026, 11, 1) };

/** US dollars, in cents. */
export function usd(amountMinor: number): Money {
  return { amountMinor, currency: 'usd' };
}

/** What every fixture says about itself: read 12 s ago. */
export function fixtureMeasured(sessionKey = 'fixture-customer', freshness: Freshness = 'live'): Measured {
  const ageMs = freshness === 'stale' ? 11 * 60_000 : 12_000;
  return { sessionKey, asOfMs: fixtureNowMs - ageMs, servedAtMs: fixtureNowMs, source: 'stripe', freshness };
}
