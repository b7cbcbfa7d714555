import { resolve } from 'node:path';
import Stripe from 'stripe';
import { createStripeGateway } from '../../packages/server/src/gateways/stripe/index.ts';
import { listMeteredPrices } from '../../packages/server/src/gateways/stripe/metered-prices.ts';
import { createPgBossJobs } from '../../packages/server/src/jobs/pg-boss-jobs.ts';
import { consoleLogger } from '../../packages/server/src/logger.ts';
import { createSetupOperation } from '../../packages/server/src/setup/setup-operation.ts';
import { embeddedStore } from '../../packages/server/src/store/embedded.ts';
import { createStoreHolder } from '../../packages/server/src/store/store-holder.ts';
import { createWebhookOperations } from '../../packages/server/src/webhooks/webhook-operations.ts';

/** The operator's half of an app, on the simulator at SIMULATOR_PORT and the embedded database in STORE_FOLDER. */
const { env } = process;
const stripe = new Stripe('sk_test_cli', {
  host: '127.0.0.1',
  port: Number(env.SIMULATOR_PORT),
  protocol: 'http',
  telemetry: false,
  maxNetworkRetries: 0,
});
const folder = resolve(env.STORE_FOLDER ?? '.meterboard');
const gateway = createStripeGateway(stripe, { logger: consoleLogger });
const { events } = gateway;
if (!events) throw new Error('The gateway of Stripe has events.');

const operate = async (command: string, input: unknown): Promise<unknown> => {
  const operation: unknown = Reflect.get(operations, command);
  if (typeof operation !== 'function') throw new Error(`There is no operation '${command}'.`);
  return operation(input);
};
const store = createStoreHolder(embeddedStore({ folder }), { logger: consoleLogger, operate });
const jobs = createPgBossJobs(() => store.get(), { logger: consoleLogger });
const operations = {
  ...createWebhookOperations({
    async openInbox() {
      const { db } = await store.get();
      await jobs.prepare();
      return { db, jobs };
    },
  }),
  ...createSetupOperation({
    gateway: { ...gateway, events },
    basePath: '/api/meterboard',
    meterNames: ['api_calls'],
    packages: [{ id: 'ten', credit: { currency: 'usd' } }],
    listMeteredPrices: () => listMeteredPrices(stripe),
    logger: consoleLogger,
  }),
};

console.log('The app talks on stdout while it loads.');

export const meterboard = {
  operate,
  store: { kind: 'embedded', folder },
  startWorker: async () => undefined,
  async close() {
    await jobs.stop();
    await store.close();
  },
};
