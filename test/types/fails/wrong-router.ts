import type { MeterboardClient } from '@meterboard/contract';
import type { MeterboardRouter } from '@meterboard/server';
import type { TRPCClient } from '@trpc/client';

type Broken = Omit<TRPCClient<MeterboardRouter>, 'credits'> & {
  credits: { balance: { query(): Promise<{ balances: string[] }> } };
};

export const asClient = (client: Broken): MeterboardClient => client;
