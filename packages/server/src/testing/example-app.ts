import { createMemoryGateway } from '../gateways/memory.ts';
import { createMemoryCustomer } from '../gateways/memory-world.ts';
import type { Identify } from '../identity.ts';
import type { Logger } from '../logger.ts';
import { createMeterboard } from '../meterboard.ts';
import { sharedStore } from './describe-stores.ts';
import { exampleMeter, exampleNowMs, examplePrice, exampleSubscription } from './example-world.ts';

const usd = (amountMinor: number) => ({ amountMinor, currency: 'usd' });

/** Where the example app lives, and what it answers below. */
export const exampleBase = 'https://app.example/api/meterboard';

/** A Meterboard with one customer, one meter and one package, and all that it logged. */
export function exampleApp(identify: Identify = () => ({ customerId: 'cus_1' }), logger?: Logger) {
  const logged: string[] = [];
  const log = (message: string, details?: object) => logged.push(`${message} ${JSON.stringify(details)}`);
  const app = createMeterboard({
    gateway: createMemoryGateway({
      nowMs: () => exampleNowMs,
      meters: [exampleMeter()],
      prices: [examplePrice()],
      customers: { cus_1: createMemoryCustomer({ subscriptions: [exampleSubscription()] }) },
    }),
    identify,
    nowMs: () => exampleNowMs,
    logger: logger ?? { error: log, warn: log, info: log },
    store: sharedStore(),
    topUps: { packages: [{ id: 'ten', label: 'Ten', price: usd(1000), credit: usd(1000) }] },
    allowedOrigins: ['https://partner.example'],
  });
  return { ...app, logged };
}

/** The body that begins the example purchase and returns to `origin`. */
export function exampleStart(origin = 'https://app.example'): string {
  return JSON.stringify({ packageId: 'ten', attemptId: 'attempt-1', returnUrl: `${origin}/billing` });
}
