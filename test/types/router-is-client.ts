import type { MeterboardClient } from '@meterboard/contract';
import type { MeterboardRouter } from '@meterboard/server';
import type { TRPCClient } from '@trpc/client';

type Inputs<Call> = Call extends { query(input: infer Input): unknown } ? Input : never;

/** A typed client of the router serves the hooks as it is. */
export const asClient = (client: TRPCClient<MeterboardRouter>): MeterboardClient => client;

/** And the hooks ask for nothing that the router would refuse. */
export type RouterTakesSeriesInput =
  Inputs<MeterboardClient['usage']['series']> extends Inputs<TRPCClient<MeterboardRouter>['usage']['series']>
    ? true
    : never;
export const routerTakesSeriesInput: RouterTakesSeriesInput = true;

/** Nor in any other question about usage. */
export type RouterTakesUsageInput<Name extends 'summary' | 'cost'> =
  Inputs<MeterboardClient['usage'][Name]> extends Inputs<TRPCClient<MeterboardRouter>['usage'][Name]>
    ? true
    : never;
export const routerTakesSummaryInput: RouterTakesUsageInput<'summary'> = true;
export const routerTakesCostInput: RouterTakesUsageInput<'cost'> = true;
