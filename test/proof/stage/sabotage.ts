import { randomUUID } from 'node:crypto';
import type { BillingGateway } from '../../../packages/server/src/gateway.ts';

/** The build that the proofs have to catch: every try is a new one for the provider, and nobody looks for what is there. */
export function withoutKeys(gateway: BillingGateway): BillingGateway {
  const { topUps } = gateway;
  if (!topUps) throw new Error('Stripe sells top-ups.');
  return {
    ...gateway,
    listCreditGrants: async () => [],
    topUps: {
      ...topUps,
      createGrant: (grant) => topUps.createGrant({ ...grant, idempotencyKey: randomUUID() }),
    },
  };
}
