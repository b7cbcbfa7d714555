import type { MeterList } from '@meterboard/contract';
import { meterList } from '@meterboard/contract/schemas';
import { z } from 'zod';
import { describeMeters, type ShownMeter } from '../domain/describe-meters.ts';
import { isAllowed } from '../identity.ts';
import { type CustomerContext, customerProcedure, measure, router } from './init.ts';

/** The meters that the host shows, with what reads them. */
export async function readShownMeters(ctx: CustomerContext): Promise<ShownMeter[]> {
  return describeMeters(await ctx.gateway.listMeters(), ctx.configuration.meters);
}

export async function readMeters(ctx: CustomerContext): Promise<MeterList> {
  const shown = await readShownMeters(ctx);
  const meters = shown.map(({ meter }) => meter);
  return { ...measure(ctx, 'stripe'), meters, mayExport: isAllowed(ctx.identity, 'export') };
}

export const metersRouter = router({
  /** All meters that the host shows, ordered as it says. */
  list: customerProcedure('view')
    .input(z.undefined())
    .output(meterList)
    .query(({ ctx }) => readMeters(ctx)),
});
