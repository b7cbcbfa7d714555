import {
  BillingError,
  type Freshness,
  type Measured,
  type Overview,
  type Section,
} from '@meterboard/contract';
import { overview, overviewInput } from '@meterboard/contract/schemas';
import { isAllowed } from '../identity.ts';
import { readCredits } from './credits.ts';
import { logFailure, toExpectedError } from './errors.ts';
import { type CustomerContext, customerProcedure, measure } from './init.ts';
import { readInvoices } from './invoices.ts';
import { readMeters } from './meters.ts';
import { readSummary } from './read-summary.ts';
import { readPeriodSeries } from './read-usage.ts';
import { readPackages } from './top-ups.ts';

/**
 * The default dashboard in one call, each thing read once. A section that fails says why and hides no other; a
 * customer that the provider does not know fails the whole call with `customer_not_found`.
 */
export const overviewProcedure = customerProcedure('view')
  .input(overviewInput)
  .output(overview)
  .query(async ({ ctx, input: { timeZone } }): Promise<Overview> => {
    const [meters, usage, summary, credits, invoices, topUps] = await Promise.all([
      settle(ctx, 'meters', () => readMeters(ctx)),
      settle(ctx, 'usage', () => readPeriodSeries(ctx, timeZone)),
      settle(ctx, 'summary', () => readSummary(ctx, timeZone)),
      settle(ctx, 'credits', () => readCredits(needMoney(ctx))),
      settle(ctx, 'invoices', () => readInvoices(needMoney(ctx), {})),
      settle(ctx, 'topUps', () => readPackages(ctx)),
    ]);
    const sections = { meters, usage, summary, credits, invoices, topUps };
    return { ...measure(ctx, 'stripe', worstOf(Object.values(sections))), ...sections };
  });

async function settle<T>(ctx: CustomerContext, name: string, read: () => Promise<T>): Promise<Section<T>> {
  try {
    return { ok: true, data: await read() };
  } catch (thrown) {
    const error = toExpectedError(thrown);
    if (error.code === 'customer_not_found') throw error;
    logFailure(ctx, error, `overview.${name}`);
    return { ok: false, error: error.toPublicError() };
  }
}

function needMoney(ctx: CustomerContext): CustomerContext {
  if (!isAllowed(ctx.identity, 'view_money')) throw new BillingError('not_allowed');
  return ctx;
}

function worstOf(sections: Section<Measured>[]): Freshness {
  const found = new Set(sections.flatMap((part) => (part.ok ? [part.data.freshness] : [])));
  if (found.has('stale')) return 'stale';
  return found.has('settling') ? 'settling' : 'live';
}
