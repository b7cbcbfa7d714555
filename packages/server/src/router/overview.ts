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
      settle(ctx, 'meters', (own) => readMeters(own)),
      settle(ctx, 'usage', (own) => readPeriodSeries(own, timeZone)),
      settle(ctx, 'summary', (own) => readSummary(own, timeZone)),
      settle(ctx, 'credits', (own) => readCredits(needMoney(own))),
      settle(ctx, 'invoices', (own) => readInvoices(needMoney(own), {})),
      settle(ctx, 'topUps', (own) => readPackages(own)),
    ]);
    const sections = { meters, usage, summary, credits, invoices, topUps };
    if (isComplete(Object.values(sections))) ctx.noteAnswered(ctx.ledger.oldest());
    return { ...measure(ctx, 'stripe', worstOf(Object.values(sections))), ...sections };
  });

/** Each section has an age of its own. */
async function settle<T>(
  ctx: CustomerContext,
  name: string,
  read: (own: CustomerContext) => Promise<T>,
): Promise<Section<T>> {
  const own = { ...ctx, ...ctx.openScope() };
  try {
    const data = await read(own);
    for (const [kind, facts] of own.ledger.all()) ctx.ledger[kind](facts);
    return { ok: true, data };
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

/** What is missing is not missing for a moment only. */
function isComplete(sections: Section<unknown>[]): boolean {
  return sections.every((part) => part.ok || part.error.code === 'not_allowed');
}

function worstOf(sections: Section<Measured>[]): Freshness {
  const found = new Set(sections.flatMap((part) => (part.ok ? [part.data.freshness] : [])));
  if (found.has('stale')) return 'stale';
  return found.has('settling') ? 'settling' : 'live';
}
