import { createMeterboard } from '@meterboard/server';
import { createSimulator } from '@meterboard/stripe-simulator';
import Stripe from 'stripe';
import type { Mode, Row } from '../row.ts';

const METERS = 5;
const VIEWERS = 100;
/** What a page asks Stripe for that reads five meters for a year in pages of 100 days, and three other things. */
const NAIVE = 23;
/** Ranges begin at every offset against the boundaries that usage is kept on. */
const STARTS = Array.from({ length: 20 }, (_, day) => Date.UTC(2026, 10, 1 + day, 13, 30));

interface Calls {
  cold: number;
  warm: number;
  together: number;
}

async function countCalls(nowMs: number, mode: Mode): Promise<Calls> {
  const simulator = await createSimulator({ nowMs, frozen: true });
  try {
    const client = new Stripe('sk_test_bench', {
      host: simulator.host,
      port: simulator.port,
      protocol: 'http',
      telemetry: false,
    });
    for (let index = 0; index < METERS; index += 1) {
      const name = `meter_${index}`;
      await client.billing.meters.create({
        display_name: name,
        event_name: name,
        default_aggregation: { formula: 'sum' },
      });
    }
    const { id: customerId } = await client.customers.create({});
    const make = () =>
      createMeterboard({
        stripe: { client },
        identify: () => ({ customerId }),
        nowMs: simulator.nowMs,
        budget: false,
        cache: mode === 'broken' ? false : {},
      }).createCaller({ customerId });
    const countOf = async (views: Promise<unknown>[]) => {
      await Promise.all(views);
      const count = simulator.requests.callCount();
      simulator.requests.clear();
      return count;
    };
    const view = (caller: ReturnType<typeof make>) =>
      caller.usage.series({ range: { kind: 'last', days: 365 }, bucket: 'day', timeZone: 'UTC' });
    simulator.requests.clear();
    const one = make();
    const cold = await countOf([view(one)]);
    const warm = await countOf([view(one)]);
    const many = make();
    const viewers = mode === 'broken' ? 2 : VIEWERS;
    return { cold, warm, together: await countOf(Array.from({ length: viewers }, () => view(many))) };
  } finally {
    await simulator.close();
  }
}

export const providerCalls: Row = {
  id: 'P7',
  what: `Stripe calls for one dashboard of 5 meters over 365 UTC days: the most of cold, and ${VIEWERS} cold at once`,
  target: `≤ ${NAIVE}, and none warm`,
  async measure(mode) {
    const found: Calls[] = [];
    for (const nowMs of mode === 'broken' ? STARTS.slice(0, 1) : STARTS)
      found.push(await countCalls(nowMs, mode));
    const most = (pick: (calls: Calls) => number) => Math.max(...found.map(pick));
    return {
      // A warm call is one too many.
      samples: found.map(({ cold, warm, together }) => Math.max(cold, together) + NAIVE * warm),
      meets: (figure) => figure <= NAIVE,
      format: (figure) => String(figure),
      detail: `cold ${most(({ cold }) => cold)}, warm ${most(({ warm }) => warm)}, ${VIEWERS} at once ${most(({ together }) => together)}, over ${found.length} starting days; naive ${NAIVE}, ${NAIVE} and ${NAIVE * VIEWERS}`,
    };
  },
};
