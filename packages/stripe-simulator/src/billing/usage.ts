import Big from 'big.js';
import { perWorld } from '../table.ts';
import type { Job, World } from '../world.ts';

/** One counted event. Safe integers are numbers, everything else an exact decimal string. */
export interface UsageEvent {
  timestampSec: number;
  value: number | string;
  /** Order of receipt across the whole account. */
  receipt: number;
}

/** What usage folding needs to know of a meter. */
export interface Aggregation {
  formula: 'count' | 'last' | 'sum';
  eventTimeWindow: 'day' | 'hour' | null;
}

const WINDOW_SEC = { day: 86_400, hour: 3_600 } as const;

interface Lane {
  meterId: string;
  customerId: string;
}

interface UsageLog {
  /** Per meter and customer, by timestamp and then by receipt. */
  lanes: Map<string, UsageEvent[]>;
  /** Received and not yet counted, by the key of their job. */
  waiting: Map<string, Lane & { event: UsageEvent }>;
  receipts: number;
}

const usageLog = perWorld<UsageLog>(() => ({ lanes: new Map(), waiting: new Map(), receipts: 0 }), {
  save: ({ lanes, waiting, receipts }) => ({
    lanes: new Map([...lanes].map(([key, lane]) => [key, lane.slice()])),
    waiting: new Map(waiting),
    receipts,
  }),
  journaled: true,
});

function laneKey(meterId: string, customerId: string): string {
  return `${meterId} ${customerId}`;
}

/**
 * Appends one event to the ledger of its meter and customer, keeping the time order (ties by receipt). With an
 * aggregation lag it counts only that much later, by the simulator's own clock.
 */
export function recordUsage(
  world: World,
  meterId: string,
  customerId: string,
  timestampSec: number,
  value: number | string,
): void {
  const log = usageLog(world);
  log.receipts += 1;
  world.onUndo(() => {
    log.receipts -= 1;
  });
  const event = { timestampSec, value, receipt: log.receipts };
  const { aggregationLagMs } = world.assumptions;
  if (aggregationLagMs === 0) {
    count(world, log, { meterId, customerId }, event);
    return;
  }
  const key = String(event.receipt);
  log.waiting.set(key, { meterId, customerId, event });
  world.onUndo(() => log.waiting.delete(key));
  world.scheduleOwnMs(world.ownNowMs() + aggregationLagMs, countJob, key);
}

const countJob: Job = {
  name: 'usage.count',
  run(world, key) {
    const log = usageLog(world);
    const found = log.waiting.get(key);
    if (found === undefined) return;
    log.waiting.delete(key);
    world.onUndo(() => log.waiting.set(key, found));
    count(world, log, found, found.event);
  },
};

function count(world: World, log: UsageLog, { meterId, customerId }: Lane, event: UsageEvent): void {
  const key = laneKey(meterId, customerId);
  const lane = log.lanes.get(key);
  if (lane === undefined) {
    log.lanes.set(key, [event]);
    world.onUndo(() => log.lanes.delete(key));
    return;
  }
  const last = lane.at(-1);
  if (last === undefined || last.timestampSec <= event.timestampSec) lane.push(event);
  else lane.splice(firstAtOrAfter(lane, event.timestampSec + 1), 0, event);
  world.onUndo(() => lane.splice(lane.lastIndexOf(event), 1));
}

/**
 * The events of one meter and customer that count in `[startSec, endSec)`, oldest first, found by binary search. Of a
 * pre-aggregated meter each whole event time window counts only the event received last, wherever the range begins or
 * ends; that one event stands at its own timestamp (assumption).
 */
export function usageBetween(
  world: World,
  meter: { id: string; eventTimeWindow: Aggregation['eventTimeWindow'] },
  customerId: string,
  startSec: number,
  endSec: number,
): UsageEvent[] {
  const lane = usageLog(world).lanes.get(laneKey(meter.id, customerId));
  if (lane === undefined) return [];
  const between = (fromSec: number, toSec: number): UsageEvent[] =>
    lane.slice(firstAtOrAfter(lane, fromSec), firstAtOrAfter(lane, toSec));
  if (meter.eventTimeWindow === null) return between(startSec, endSec);
  const windowSec = WINDOW_SEC[meter.eventTimeWindow];
  const whole = between(
    Math.floor(startSec / windowSec) * windowSec,
    Math.ceil(endSec / windowSec) * windowSec,
  );
  return latestPerWindow(whole, windowSec)
    .filter(({ timestampSec }) => timestampSec >= startSec && timestampSec < endSec)
    .sort((a, b) => a.timestampSec - b.timestampSec);
}

function firstAtOrAfter(lane: readonly UsageEvent[], timestampSec: number): number {
  let low = 0;
  let high = lane.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lane[middle]?.timestampSec ?? 0) < timestampSec) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Folds events (oldest first) into the meter's quantity, exactly. `last` of nothing is 0. A meter with an event time
 * window first keeps only the event received last in each window.
 */
export function aggregate(events: readonly UsageEvent[], meter: Aggregation): Big {
  const counted =
    meter.eventTimeWindow === null ? events : latestPerWindow(events, WINDOW_SEC[meter.eventTimeWindow]);
  if (meter.formula === 'count') return new Big(counted.length);
  if (meter.formula === 'last') return new Big(counted.at(-1)?.value ?? 0);
  let whole = 0;
  let exact = new Big(0);
  for (const { value } of counted) {
    if (typeof value === 'number' && Number.isSafeInteger(whole + value)) whole += value;
    else exact = exact.plus(value);
  }
  return exact.plus(whole);
}

function latestPerWindow(events: readonly UsageEvent[], windowSec: number): UsageEvent[] {
  const latest = new Map<number, UsageEvent>();
  for (const event of events) {
    const window = Math.floor(event.timestampSec / windowSec);
    const kept = latest.get(window);
    if (kept === undefined || kept.receipt < event.receipt) latest.set(window, event);
  }
  return [...latest.values()];
}
