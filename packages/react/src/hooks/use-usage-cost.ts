'use client';
import type { UsageCost } from '@meterboard/contract';
import { useMeterboard } from '../provider/meterboard-context.ts';
import { type Resource, useResource } from './use-resource.ts';

export interface UsageCostOptions {
  /** Event names; left out: all meters that the host shows. */
  meters?: string[];
}

/** What usage costs in the current billing period, part by part and day by day, before credits, discounts and tax. */
export function useUsageCost({ meters }: UsageCostOptions = {}): Resource<UsageCost> {
  const { timeZone } = useMeterboard();
  const input = { meters, timeZone };
  return useResource({ name: 'cost', input, call: (client) => client.usage.cost.query(input) });
}
