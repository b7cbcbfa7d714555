import { createIds } from '../../../packages/stripe-simulator/src/ids.ts';
import { summarizeEvents } from '../../../packages/stripe-simulator/src/resources/meter-event-summaries.ts';
import { requireMeter } from '../../../packages/stripe-simulator/src/resources/meters.ts';
import {
  type BigScenario,
  bigStartMs,
  buildBig,
} from '../../../packages/stripe-simulator/src/scenarios/big.ts';
import { createWorld, type World } from '../../../packages/stripe-simulator/src/world.ts';
import { type Mode, median, type Row } from '../row.ts';

const SIZES = [10_000, 100_000, 1_000_000] as const;
const ROUNDS = 21;
const CALLS = 2_000;
const DAY_SEC = 86_400;

interface Account {
  world: World;
  made: BigScenario;
}

function accountOf(eventCount: number): Account {
  const nowMs = Date.parse('2026-11-26T00:00:00Z');
  const world = createWorld({ startMs: bigStartMs(nowMs, eventCount), ids: createIds('bench') });
  const made = buildBig(world, eventCount);
  world.settle(nowMs);
  return { world, made };
}

/** Microseconds of a one-day summary of one customer, over changing customers and days. */
function summaryUs({ world, made }: Account, mode: Mode): number {
  const meter = requireMeter(world, made.meterId);
  const calls = mode === 'broken' ? 20 : CALLS;
  const first = made.days.startMs / 1_000;
  const startedMs = performance.now();
  for (let call = 0; call < calls; call += 1) {
    const customerId = made.customers[(call * 7) % made.customers.length]?.id ?? '';
    const startSec = first + ((call * 13) % made.days.count) * DAY_SEC;
    const day = { customerId, startSec, endSec: startSec + DAY_SEC, window: undefined };
    // The fault that this row has to catch: everything is read to answer for one day.
    const rows =
      mode === 'broken'
        ? made.customers.flatMap((customer) =>
            summarizeEvents(world, meter, {
              customerId: customer.id,
              startSec: first,
              endSec: first + made.days.count * DAY_SEC,
              window: 'day',
            }).filter((row) => customer.id === customerId && row.startSec === startSec),
          )
        : summarizeEvents(world, meter, day);
    if (!(rows[0] !== undefined && rows[0].value > 0)) throw new Error('A day of usage came out empty.');
  }
  return ((performance.now() - startedMs) * 1_000) / calls;
}

export const summary: Row = {
  id: 'P14',
  what: 'one-day summary of one customer, at 1,000,000 events against 10,000',
  target: '≤ 3×',
  async measure(mode) {
    const accounts = SIZES.map(accountOf);
    for (const account of accounts) summaryUs(account, mode);
    const rounds = Array.from({ length: mode === 'broken' ? 1 : ROUNDS }, () =>
      accounts.map((account) => summaryUs(account, mode)),
    );
    const cost = SIZES.map((_, index) => median(rounds.map((round) => round[index] ?? 0)));
    return {
      samples: rounds.map((round) => (round.at(-1) ?? 0) / (round[0] ?? 1)),
      meets: (figure) => figure <= 3,
      format: (figure) => `${figure.toFixed(2)}×`,
      detail: SIZES.map((size, index) => `${size.toLocaleString('en')}: ${cost[index]?.toFixed(1)} µs`).join(
        ', ',
      ),
    };
  },
};
