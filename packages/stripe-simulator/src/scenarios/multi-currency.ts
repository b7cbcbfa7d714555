import { recordUsage } from '../billing/usage.ts';
import { createGrant } from '../resources/credit-grants.ts';
import type { MeterState } from '../resources/meters.ts';
import type { World } from '../world.ts';
import {
  addCustomer,
  DAY_SEC,
  type MeteredProduct,
  type ScenarioCustomer,
  sellMetered,
  subscribe,
} from './parts.ts';

const DAYS = 8;
const UNITS_PER_DAY = 250;

type Granted = Readonly<Record<string, number>>;

/** One customer that is billed in one currency; amounts are its minor units. */
export interface CurrencyCustomer {
  customer: ScenarioCustomer;
  currency: string;
  priceId: string;
  /** What the running period costs so far. */
  unbilledMinor: number;
  /** What was granted, per currency. Credits of a currency other than the subscription's pay nothing. */
  grantedMinor: Granted;
}

/** What the `multi-currency` scenario made. */
export interface MultiCurrencyScenario {
  meterId: string;
  /** US dollars (with credits in euro beside), Japanese yen (no decimals), Kuwaiti dinar (three decimals). */
  customers: readonly [CurrencyCustomer, CurrencyCustomer, CurrencyCustomer];
}

/** Eight days before the present. */
export function multiCurrencyStartMs(nowMs: number): number {
  return nowMs - DAYS * DAY_SEC * 1_000;
}

/** One meter sold in three currencies of different decimals, one customer each; the first also holds foreign credits. */
export function buildMultiCurrency(world: World): MultiCurrencyScenario {
  const sell = (currency: string, unitAmountDecimal: string, meter?: MeterState) =>
    sellMetered(world, {
      name: 'API requests',
      eventName: 'api_requests',
      currency,
      terms: { unitAmountDecimal, nickname: `API requests in ${currency.toUpperCase()}` },
      ...(meter === undefined ? {} : { meter }),
    });
  const dollar = sell('usd', '0.5');
  const yen = sell('jpy', '0.8', dollar.meter);
  const dinar = sell('kwd', '1.5', dollar.meter);
  const add = (name: string, { price }: MeteredProduct, unbilledMinor: number, grantedMinor: Granted) => {
    const customer = subscribe(world, addCustomer(world, name), [price]);
    for (const [currency, amountMinor] of Object.entries(grantedMinor)) {
      createGrant(world, { customerId: customer.id, amountMinor, currency, name: 'Prepaid credits' });
    }
    return { customer, currency: price.currency, priceId: price.id, unbilledMinor, grantedMinor };
  };
  const units = DAYS * UNITS_PER_DAY;
  const customers = [
    add('Atlantic Freight', dollar, units / 2, { usd: 2_500, eur: 4_000 }),
    add('Sakura Logistics', yen, (units * 8) / 10, { jpy: 5_000 }),
    add('Gulf Telemetry', dinar, (units * 15) / 10, { kwd: 7_500 }),
  ] as const;
  const startSec = world.nowSec();
  for (let day = 0; day < DAYS; day += 1) {
    const atSec = startSec + day * DAY_SEC + DAY_SEC / 2;
    world.settle(atSec * 1_000);
    for (const { customer } of customers)
      recordUsage(world, dollar.meter.id, customer.id, atSec, UNITS_PER_DAY);
  }
  return { meterId: dollar.meter.id, customers };
}
