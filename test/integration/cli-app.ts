import { createMeterboard } from '@meterboard/server';
import { embeddedStore } from '@meterboard/server/embedded';

/** An app on the simulator at SIMULATOR_PORT, with the embedded database in STORE_FOLDER. */
const { env } = process;

console.log('The app talks on stdout while it loads.');

export const meterboard = createMeterboard({
  stripe: {
    secretKey: 'sk_test_cli',
    host: '127.0.0.1',
    port: Number(env.SIMULATOR_PORT),
    protocol: 'http',
    maxNetworkRetries: 0,
  },
  identify: () => null,
  store: embeddedStore({ folder: env.STORE_FOLDER ?? '.meterboard' }),
  meters: [{ eventName: 'api_calls' }],
  topUps: {
    packages: [
      {
        id: 'ten',
        label: 'Ten',
        price: { amountMinor: 1000, currency: 'usd' },
        credit: { amountMinor: 1000, currency: 'usd' },
      },
    ],
  },
});
