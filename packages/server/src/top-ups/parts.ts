import { BillingError } from '@meterboard/contract';
import type { BillingGateway, TopUpGateway } from '../gateway.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Logger } from '../logger.ts';
import type { Database } from '../store/store.ts';

/** What everything about purchases works with. */
export interface TopUpParts {
  db: Database;
  jobs: Pick<Jobs, 'send'>;
  /** Asks the provider each time. */
  gateway: BillingGateway;
  nowMs(): number;
  logger: Logger;
}

/** Rejects with `BillingError('top_up_disabled')` where the provider sells nothing. */
export function needTopUps({ topUps }: BillingGateway): TopUpGateway {
  if (!topUps) throw new BillingError('top_up_disabled');
  return topUps;
}

/** How long a provider surely knows an idempotency key: Stripe says 24 hours, less one for clocks and time under way. */
export const keyLifeMs = 23 * 3_600_000;
