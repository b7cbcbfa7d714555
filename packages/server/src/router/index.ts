import { creditsRouter } from './credits.ts';
import { createCallerFactory, router } from './init.ts';
import { invoicesRouter } from './invoices.ts';
import { metersRouter } from './meters.ts';
import { overviewProcedure } from './overview.ts';
import { topUpsRouter } from './top-ups.ts';
import { usageRouter } from './usage.ts';

/** All procedures: the server's twin of the contract's `MeterboardClient`. */
export const meterboardRouter = router({
  overview: overviewProcedure,
  meters: metersRouter,
  usage: usageRouter,
  credits: creditsRouter,
  invoices: invoicesRouter,
  topUps: topUpsRouter,
});

export type MeterboardRouter = typeof meterboardRouter;

/** Calls procedures without HTTP. */
export const createMeterboardCaller = createCallerFactory(meterboardRouter);
