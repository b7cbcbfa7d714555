import type { World } from '../world.ts';
import { type BigScenario, bigStartMs, buildBig } from './big.ts';
import {
  buildCompetingSubscriptions,
  type CompetingSubscriptionsScenario,
  competingSubscriptionsStartMs,
} from './competing-subscriptions.ts';
import { buildDemo, type DemoScenario, demoStartMs } from './demo.ts';
import { buildDstWeek, type DstWeekScenario, dstWeekStartMs } from './dst-week.ts';
import { buildHundredGrants, type HundredGrantsScenario, hundredGrantsStartMs } from './hundred-grants.ts';
import { buildMultiCurrency, type MultiCurrencyScenario, multiCurrencyStartMs } from './multi-currency.ts';
import { buildNearlyOut, type NearlyOutScenario, nearlyOutStartMs } from './nearly-out.ts';
import { buildTiers, type TiersScenario, tiersStartMs } from './tiers.ts';

/** What a scenario says that it made, by the scenario's name. */
export interface ScenarioResults {
  empty: undefined;
  demo: DemoScenario;
  'nearly-out': NearlyOutScenario;
  'competing-subscriptions': CompetingSubscriptionsScenario;
  'multi-currency': MultiCurrencyScenario;
  tiers: TiersScenario;
  'hundred-grants': HundredGrantsScenario;
  'dst-week': DstWeekScenario;
  big: BigScenario;
}

/** What an account can hold at the start. */
export type ScenarioName = keyof ScenarioResults;

interface Plan<Result> {
  /** Where the account's history begins, for a present at `nowMs`. */
  startMs(nowMs: number): number;
  /** Lives that history on a world that stands at its start; what it returns says what was made. */
  build(world: World, nowMs: number): Result;
}

const plans: { readonly [Name in ScenarioName]: Plan<ScenarioResults[Name]> } = {
  empty: { startMs: (nowMs) => nowMs, build: () => undefined },
  demo: { startMs: demoStartMs, build: buildDemo },
  'nearly-out': { startMs: nearlyOutStartMs, build: buildNearlyOut },
  'competing-subscriptions': { startMs: competingSubscriptionsStartMs, build: buildCompetingSubscriptions },
  'multi-currency': { startMs: multiCurrencyStartMs, build: buildMultiCurrency },
  tiers: { startMs: tiersStartMs, build: buildTiers },
  'hundred-grants': { startMs: hundredGrantsStartMs, build: buildHundredGrants },
  'dst-week': { startMs: dstWeekStartMs, build: buildDstWeek },
  big: { startMs: (nowMs) => bigStartMs(nowMs), build: (world) => buildBig(world) },
};

/** The names of all scenarios, `empty` first. */
export const SCENARIOS: readonly ScenarioName[] = [
  'empty',
  'demo',
  'nearly-out',
  'competing-subscriptions',
  'multi-currency',
  'tiers',
  'hundred-grants',
  'dst-week',
  'big',
];

/** The instant at which a scenario's world has to stand before it is built. */
export function scenarioStartMs(name: ScenarioName, nowMs: number): number {
  return plans[name].startMs(nowMs);
}

/** Builds a scenario on a world that stands at `scenarioStartMs`, up to `nowMs`. */
export function buildScenario<Name extends ScenarioName>(
  name: Name,
  world: World,
  nowMs: number,
): ScenarioResults[Name] {
  const made = plans[name].build(world, nowMs);
  world.settle(nowMs);
  return made;
}
