import type { PayWith } from '@meterboard/contract';
import fc from 'fast-check';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/**
 * What can happen to purchases. Numbers name what is there by turns: the purchase, refund or dispute of that number, counted
 * around. What does not fit the moment is left out.
 */
export type Operation =
  | { kind: 'start'; customer: number; what: number; way: PayWith }
  | { kind: 'start again'; topUp: number; way: PayWith }
  | { kind: 'pay'; topUp: number; method: string }
  | { kind: 'authenticate'; topUp: number; succeeds: boolean }
  | { kind: 'card acts as'; customer: number; method: string | null }
  | { kind: 'look'; topUp: number }
  | { kind: 'refund'; topUp: number; percent: number }
  | { kind: 'refund fails'; refund: number }
  | { kind: 'dispute'; topUp: number; as: 'fraudulent' | 'inquiry' | 'prevented'; percent: number }
  | { kind: 'dispute ends'; dispute: number; verdict: 'won' | 'lost' | 'escalated' }
  | { kind: 'use'; customer: number; units: number }
  | { kind: 'void invoice'; customer: number }
  | { kind: 'time passes'; ms: number }
  | { kind: 'period ends'; afterMs: number }
  | { kind: 'host dies'; afterOperations: number }
  | { kind: 'host throws'; afterOperations: number }
  | { kind: 'webhooks'; are: 'dropped' | 'duplicated' | 'delayed' | 'reversed' | 'shuffled' }
  | { kind: 'work is done' }
  | { kind: 'replay' }
  | { kind: 'sweep' };

const ways: readonly PayWith[] = ['hosted_page', 'embedded_page', 'saved_card'];
const methods = [
  'pm_card_visa',
  'pm_card_visa',
  'pm_card_chargeDeclined',
  'pm_card_authenticationRequired',
  'pm_card_refundFail',
  'pm_card_pendingRefund',
  'pm_card_createDispute',
  'pm_card_createDisputeInquiry',
  'pm_usBankAccount_success',
  'pm_usBankAccount_noAccount',
];
const cards = [null, null, 'pm_card_chargeDeclinedInsufficientFunds', 'pm_card_authenticationRequired'];
const times = [10_000, 4 * minuteMs, 20 * minuteMs, 3 * hourMs, 30 * hourMs, 12 * dayMs];

const number = fc.nat({ max: 7 });
const percent = fc.constantFrom(10, 33, 50, 100, 100);
const operations = fc.integer({ min: 1, max: 60 });

const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('start'),
      customer: fc.nat({ max: 1 }),
      what: number,
      way: fc.constantFrom(...ways),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('start again'), topUp: number, way: fc.constantFrom(...ways) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('pay'), topUp: number, method: fc.constantFrom(...methods) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('authenticate'), topUp: number, succeeds: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('card acts as'),
      customer: fc.nat({ max: 1 }),
      method: fc.constantFrom(...cards),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('look'), topUp: number }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('refund'), topUp: number, percent }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('refund fails'), refund: number }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('dispute'),
      topUp: number,
      as: fc.constantFrom('fraudulent', 'fraudulent', 'inquiry', 'prevented'),
      percent,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('dispute ends'),
      dispute: number,
      verdict: fc.constantFrom('won', 'lost', 'escalated'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('use'),
      customer: fc.nat({ max: 1 }),
      units: fc.integer({ min: 1, max: 3_000 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('void invoice'), customer: fc.nat({ max: 1 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('time passes'), ms: fc.constantFrom(...times) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('period ends'),
      afterMs: fc.constantFrom(10 * minuteMs, 2 * hourMs, 30 * hourMs),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('host dies'), afterOperations: operations }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('host throws'), afterOperations: operations }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('webhooks'),
      are: fc.constantFrom('dropped', 'duplicated', 'delayed', 'reversed', 'shuffled'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('work is done') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('replay') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('sweep') }) },
) as fc.Arbitrary<Operation>;

/** Histories of up to so many operations; each begins with a purchase. */
export function historiesOf(maxLength: number): fc.Arbitrary<Operation[]> {
  return fc
    .array(operation, { minLength: Math.ceil(maxLength / 2), maxLength, size: 'max' })
    .map((rest) => [{ kind: 'start', customer: 1, what: 0, way: 'hosted_page' }, ...rest]);
}
