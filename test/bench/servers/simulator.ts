/** A simulator with one meter and many customers, for the event row. With `broken` every request scans the log. */
import { createServer } from 'node:http';
import { createSimulator } from '@meterboard/stripe-simulator';
import Stripe from 'stripe';

const CUSTOMERS = 50;
const broken = process.argv[2] === 'broken';
const sim = await createSimulator({ nowMs: Date.UTC(2026, 8, 1) });
const stripe = new Stripe('sk_test_x', {
  host: sim.host,
  port: sim.port,
  protocol: 'http',
  telemetry: false,
});
await stripe.billing.meters.create({
  display_name: 'Units',
  event_name: 'units',
  default_aggregation: { formula: 'sum' },
});
const ids: string[] = [];
for (let index = 0; index < CUSTOMERS; index += 1) ids.push((await stripe.customers.create({})).id);

const server = createServer((request, response) => {
  if (broken) sim.requests.callCount({ path: /nothing-has-this-path/ });
  sim.handler(request, response);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(`${typeof address === 'object' ? address?.port : ''} ${ids.join(',')}`);
});
process.once('SIGTERM', () => process.exit(0));
