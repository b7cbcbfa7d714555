export type { Assumptions } from './assumptions.ts';
export type { PaidSession, Payments, SessionPayer } from './control/payments.ts';
export type { Snapshot } from './control/snapshots.ts';
export type { Switches } from './control/switches.ts';
export type { RateLimitedReason } from './protocol/errors.ts';
export type { FailNext, Faults, FaultTarget } from './protocol/faults.ts';
export type { RateLimitProfile, RateLimitSettings } from './protocol/rate-limits.ts';
export type { LoggedRequest, RequestFilter, RequestLog } from './protocol/request-log.ts';
export type { BigScenario } from './scenarios/big.ts';
export type { CompetingSubscriptionsScenario } from './scenarios/competing-subscriptions.ts';
export type { DemoCustomer, DemoScenario } from './scenarios/demo.ts';
export type { DstWeekScenario } from './scenarios/dst-week.ts';
export type { HundredGrantsScenario } from './scenarios/hundred-grants.ts';
export { SCENARIOS, type ScenarioName, type ScenarioResults } from './scenarios/index.ts';
export type { CurrencyCustomer, MultiCurrencyScenario } from './scenarios/multi-currency.ts';
export type { NearlyOutScenario } from './scenarios/nearly-out.ts';
export type { ScenarioCustomer } from './scenarios/parts.ts';
export type { PricedExample, TiersScenario } from './scenarios/tiers.ts';
export {
  createSimulator,
  isSimulatorPath,
  type Simulator,
  type SimulatorOptions,
} from './simulator.ts';
export type { Disturbance } from './webhooks/disturbances.ts';
export type { RetrySchedule, WebhookSettings } from './webhooks/settings.ts';
export type { Delivery, DeliveryFilter, Forward, Webhooks } from './webhooks/webhooks.ts';
