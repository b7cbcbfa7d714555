import type { Configuration } from '../configuration.ts';
import { hourMs } from '../domain/time-units.ts';
import type { CustomerContext } from './init.ts';

/** A price whose preview shows another amount than ours. */
export interface PriceDifference {
  priceId: string;
  oursMinor: number;
  theirsMinor: number;
}

/** When each price was last told of, by the Meterboard that tells. */
const toldAtMs = new WeakMap<Configuration, Map<string, number>>();
const maxPrices = 1_000;

/** Tells the host that a preview and our price disagree, at most once an hour for each price. */
export function tellDifference(
  { configuration, logger, startedAtMs }: Pick<CustomerContext, 'configuration' | 'logger' | 'startedAtMs'>,
  difference: PriceDifference,
): void {
  const told = toldAtMs.get(configuration) ?? new Map<string, number>();
  toldAtMs.set(configuration, told);
  const before = told.get(difference.priceId);
  if (before !== undefined && startedAtMs - before < hourMs) return;
  if (told.size >= maxPrices) told.clear();
  told.set(difference.priceId, startedAtMs);
  logger.warn('A preview and our price of it disagree; the preview is shown.', { ...difference });
}
