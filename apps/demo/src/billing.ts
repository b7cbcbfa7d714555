import { createMeterboard, type MeterboardOptions } from '@meterboard/server';
import { meters, topUps } from './catalog.ts';

/** The whole server side of the billing page. */
export const createBilling = (
  options: Pick<MeterboardOptions, 'stripe' | 'identify' | 'nowMs' | 'store' | 'webhooks'>,
) => createMeterboard({ ...options, meters, topUps, lowBalance: { remainingBelowMinor: 1000 } });
