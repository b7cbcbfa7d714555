export type { BudgetOptions, CacheOptions } from './cache/cache-options.ts';
export type { MeterboardStats } from './cache/provider.ts';
export type { MeterOption, MeterSettingsByName } from './configuration.ts';
export type { SweepReport } from './durable-core.ts';
export type * from './gateway.ts';
export { createMemoryGateway } from './gateways/memory.ts';
export {
  createMemoryCustomer,
  type MemoryCustomer,
  type MemoryEvent,
  type MemoryWorld,
} from './gateways/memory-world.ts';
export { createStripeGateway } from './gateways/stripe/index.ts';
export type { StripeClient } from './gateways/stripe/stripe-client.ts';
export type { Bonus, BonusInput } from './grants/bonus.ts';
export type { Identify, Identity, Permission } from './identity.ts';
export { consoleLogger, type Logger } from './logger.ts';
export {
  createMeterboard,
  type GatewayMeterboardOptions,
  type Meterboard,
  type MeterboardCaller,
  type MeterboardOptions,
  type StripeOptions,
} from './meterboard.ts';
export type { MeterboardRouter } from './router/index.ts';
export type { MeterboardContext } from './router/init.ts';
export type { OpenStore, Store } from './store/store.ts';
export type {
  CustomTopUpOption,
  TopUpOptions,
  TopUpPackageOption,
  TopUpTermsOption,
} from './top-ups/top-up-options.ts';
export type { WebhookOptions } from './webhooks/webhook-options.ts';
