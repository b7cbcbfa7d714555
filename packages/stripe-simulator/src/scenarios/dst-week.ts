import { recordUsage } from '../billing/usage.ts';
import type { World } from '../world.ts';
import { addCustomer, DAY_SEC, HOUR_SEC, type ScenarioCustomer, sellMetered, subscribe } from './parts.ts';

/** Where the clocks change; the whole European Union does at the same instant. */
const TIME_ZONE = 'Europe/Budapest';

/** What the `dst-week` scenario made. */
export interface DstWeekScenario {
  customer: ScenarioCustomer;
  meterId: string;
  /** IANA name of the zone whose days `localDays` counts. */
  timeZone: string;
  /** The instant at which the clocks change, Unix milliseconds. */
  changeMs: number;
  /** The seven local days of the week that ends with the change, Monday to Sunday: one unit in every hour. */
  localDays: readonly { startMs: number; endMs: number; units: number }[];
}

/**
 * The latest change of the clocks whose local week had ended at `nowMs`: 01:00 UTC on the last Sunday of March or of
 * October.
 */
export function latestChangeMs(nowMs: number): number {
  const year = new Date(nowMs).getUTCFullYear();
  const changes = [year - 1, year].flatMap((each) => [lastSundayMs(each, 2), lastSundayMs(each, 9)]);
  const ended = changes.filter((changeMs) => changeMs + DAY_SEC * 1_000 <= nowMs);
  return ended.at(-1) ?? lastSundayMs(year - 1, 2);
}

function lastSundayMs(year: number, month: number): number {
  const lastDay = new Date(Date.UTC(year, month + 1, 0));
  return lastDay.getTime() - lastDay.getUTCDay() * DAY_SEC * 1_000 + HOUR_SEC * 1_000;
}

/** Nine days before the change of the clocks, at midnight UTC. */
export function dstWeekStartMs(nowMs: number): number {
  return latestChangeMs(nowMs) - HOUR_SEC * 1_000 - 9 * DAY_SEC * 1_000;
}

/**
 * A week of hourly usage across a change of the clocks: each hour holds one unit, so a day's units are its hours,
 * 23 or 25 on the Sunday and 24 else. Nothing else was used.
 */
export function buildDstWeek(world: World, nowMs: number): DstWeekScenario {
  const changeMs = latestChangeMs(nowMs);
  const { meter, price } = sellMetered(world, {
    name: 'Uptime hours',
    eventName: 'uptime_hours',
    terms: { unitAmountDecimal: '10' },
  });
  const customer = subscribe(world, addCustomer(world, 'Meridian Clockworks'), [price]);
  const forward = new Date(changeMs).getUTCMonth() === 2;
  const offsetBeforeMs = (forward ? 1 : 2) * HOUR_SEC * 1_000;
  const sundayMs = changeMs - HOUR_SEC * 1_000 - offsetBeforeMs;
  const localDays = Array.from({ length: 7 }, (_, day) => {
    const startMs = sundayMs - (6 - day) * DAY_SEC * 1_000;
    const units = day < 6 ? 24 : forward ? 23 : 25;
    return { startMs, endMs: startMs + units * HOUR_SEC * 1_000, units };
  });
  const weekStartSec = (localDays[0]?.startMs ?? changeMs) / 1_000;
  const weekEndSec = (localDays.at(-1)?.endMs ?? changeMs) / 1_000;
  for (let atSec = weekStartSec; atSec < weekEndSec; atSec += HOUR_SEC) {
    world.settle(atSec * 1_000);
    recordUsage(world, meter.id, customer.id, atSec, 1);
  }
  return { customer, meterId: meter.id, timeZone: TIME_ZONE, changeMs, localDays };
}
