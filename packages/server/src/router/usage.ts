import {
  usageCost,
  usageCostInput,
  usageSeries,
  usageSeriesInput,
  usageSummary,
  usageSummaryInput,
} from '@meterboard/contract/schemas';
import { customerProcedure, router } from './init.ts';
import { readCost } from './read-cost.ts';
import { readSummary } from './read-summary.ts';
import { readSeries } from './read-usage.ts';

export const usageRouter = router({
  /** Usage by bucket, for one range and several meters; compared with the time before and forecast where asked. */
  series: customerProcedure('view')
    .input(usageSeriesInput)
    .output(usageSeries)
    .query(({ ctx, input }) => readSeries(ctx, input)),

  /** Each meter in its current billing period. Without `view_money`, costs are left out. */
  summary: customerProcedure('view')
    .input(usageSummaryInput)
    .output(usageSummary)
    .query(({ ctx, input }) => readSummary(ctx, input?.timeZone ?? 'UTC')),

  /** What each meter costs in its current billing period, tier by tier and day by day, before credits. */
  cost: customerProcedure('view_money')
    .input(usageCostInput)
    .output(usageCost)
    .query(({ ctx, input }) => readCost(ctx, input)),
});
