import { usageSeriesInput } from '@meterboard/contract/schemas';
import { createCallerFactory, customerProcedure, router } from './init.ts';
import { readSeries } from './read-usage.ts';

const exportRouter = router({
  /** What `usage.series` answers, for a file: needs `export` besides `view`. */
  exportUsage: customerProcedure('export')
    .input(usageSeriesInput)
    .query(({ ctx, input }) => readSeries(ctx, input)),
});

/** Calls what files are made of. Not part of the public router: an answer is a file, and links lead to it. */
export const createExportCaller = createCallerFactory(exportRouter);
