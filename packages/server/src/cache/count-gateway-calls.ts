import type { BillingGateway } from '../gateway.ts';
import type { ProviderCalls } from './provider-calls.ts';

const readings = [
  'listMeters',
  'listUsage',
  'listSubscriptions',
  'getPrice',
  'listCreditGrants',
  'listCreditTransactions',
  'listDrafts',
  'previewInvoice',
  'listInvoices',
] as const satisfies readonly (keyof BillingGateway)[];

/** A gateway of the host's own, each of whose readings counts as one call: what it does inside is its own affair. */
export function countGatewayCalls(gateway: BillingGateway, calls: ProviderCalls): BillingGateway {
  const counted: Partial<Record<keyof BillingGateway, unknown>> = {};
  for (const name of readings) {
    const read = gateway[name].bind(gateway) as (...parameters: unknown[]) => Promise<unknown>;
    const call = { method: 'GET', endpoint: name, isReading: true } as const;
    counted[name] = (...parameters: unknown[]) => calls.make(call, () => read(...parameters));
  }
  return { ...gateway, ...(counted as Partial<BillingGateway>) };
}
