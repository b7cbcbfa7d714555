/** Loads the `big` scenario and says what the process holds then. With `broken` each event also stays as an object. */
import { existsSync, readFileSync } from 'node:fs';
import { createSimulator } from '@meterboard/stripe-simulator';

const kept: object[] = [];
const startedMs = performance.now();
const sim = await createSimulator({ scenario: 'big', nowMs: Date.UTC(2026, 10, 26), frozen: true });
const tookMs = performance.now() - startedMs;
if (process.argv[2] === 'broken') {
  const { customers, eventCount } = sim.scenario;
  for (let index = 0; index < eventCount; index += 1) {
    kept.push({
      object: 'billing.meter_event',
      identifier: `event-${index}-${Math.random()}`,
      event_name: 'api_requests',
      payload: { stripe_customer_id: customers[index % customers.length]?.id, value: String(index) },
      timestamp: index,
    });
  }
}
const answer = await fetch(`${sim.url}/v1/customers`, { headers: { authorization: 'Bearer sk_test_x' } });
if (answer.status !== 200) throw new Error(`The loaded simulator answers ${answer.status}.`);
await answer.arrayBuffer();
const { rss } = process.memoryUsage();
console.log([rss, readPeak(), tookMs, sim.scenario.eventCount, kept.length].join(' '));
await sim.close();

/** Bytes. `maxRSS` begins with what the parent had when it made this process; Linux knows that of the program alone. */
function readPeak(): number {
  const peakKb = /^VmHWM:\s+(\d+) kB$/m.exec(
    existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : '',
  )?.[1];
  return (peakKb === undefined ? process.resourceUsage().maxRSS : Number(peakKb)) * 1_024;
}
