import { embeddedStore } from '@meterboard/server/embedded';
import { createSimulator } from '@meterboard/stripe-simulator';
import { createBilling } from './billing.ts';

/** Calls the same procedures as the dashboard, without React and without HTTP. */
const simulator = await createSimulator({ scenario: 'demo' });
const billing = createBilling({
  stripe: { secretKey: 'sk_test_demo', host: simulator.host, port: simulator.port, protocol: 'http' },
  identify: () => null,
  nowMs: simulator.nowMs,
  store: embeddedStore({ inMemory: true }),
});

for (const { id, name } of simulator.scenario?.customers ?? []) {
  const { balances } = await billing.createCaller({ customerId: id }).credits.balance();
  for (const { terms, status } of balances) {
    const equation = terms.map(({ kind, amount }) => `${kind} ${amount.amountMinor} ${amount.currency}`);
    console.log(`${name}: ${equation.join(', ')} (${status})`);
  }
}
await billing.close();
await simulator.close();
