import type { ResolvedRange } from '@meterboard/contract';
import type { BillingItem } from '../domain/billed-parts.ts';
import type { ShownMeter } from '../domain/describe-meters.ts';
import { isPeriodClosed } from '../domain/period-closed.ts';
import { logFailure, toExpectedError } from './errors.ts';
import type { CustomerContext } from './init.ts';

/** A meter's range, and what bills it. */
export interface ClosedQuestion {
  shown: ShownMeter;
  range: ResolvedRange;
  billing: readonly BillingItem[];
}

/**
 * Whether the billing period that a range shows is closed. Reads drafts only for the period before, once for all meters
 * of a request; a flag is no reason to show no chart, so it is `null` where they cannot be read, and the log says why.
 */
export async function readIsClosed(
  ctx: CustomerContext,
  { shown, range, billing }: ClosedQuestion,
): Promise<boolean | null> {
  if (range.kind === 'period') return ctx.startedAtMs < range.requested.endMs ? false : null;
  if (range.kind !== 'previous_period') return null;
  try {
    const drafts = await ctx.gateway.listDrafts(ctx.customerId);
    return isPeriodClosed(shown.meterId, billing, range.requested, drafts);
  } catch (thrown) {
    const error = toExpectedError(thrown);
    if (error.code === 'internal') throw error;
    logFailure(ctx, error, 'usage.series closed period');
    return null;
  }
}
