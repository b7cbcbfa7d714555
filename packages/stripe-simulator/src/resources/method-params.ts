import { invalidRequest, notImplemented } from '../protocol/errors.ts';
import {
  clearable,
  integer,
  object,
  oneOf,
  optional,
  type Parsed,
  type Shape,
  string,
} from '../protocol/params.ts';
import type { World } from '../world.ts';
import { addressParam } from './address.ts';
import { type BillingDetailsState, createPaymentMethod, type PaymentMethodState } from './payment-methods.ts';
import { type TestMethod, testMethodNamed, testMethodOf } from './test-methods.ts';

export const billingDetails = object(
  {
    address: clearable(object(addressParam)),
    email: clearable(string({ maxLength: 800 })),
    name: clearable(string()),
    phone: clearable(string()),
  },
  ['tax_id'],
);

const bankHolder = {
  account_holder_type: optional(oneOf(['company', 'individual'])),
  account_type: optional(oneOf(['checking', 'savings'])),
};

/** What describes a new payment method: in its own route, and as `payment_method_data` of an intent. */
export const methodData = {
  type: oneOf(['card', 'sepa_debit', 'us_bank_account']),
  allow_redisplay: optional(oneOf(['always', 'limited', 'unspecified'])),
  billing_details: optional(billingDetails),
  card: optional(
    object(
      {
        number: optional(string()),
        token: optional(string()),
        exp_month: optional(integer({ min: 1, max: 12 })),
        exp_year: optional(integer({ min: 0, max: 9_999 })),
        cvc: optional(string({ maxLength: 4 })),
      },
      ['networks'],
    ),
  ),
  sepa_debit: optional(object({ iban: string() })),
  us_bank_account: optional(
    object({ ...bankHolder, account_number: optional(string()), routing_number: optional(string()) }, [
      'financial_connections_account',
    ]),
  ),
} satisfies Shape;
export type MethodData = Omit<Parsed<typeof methodData>, 'type'> & { type: string };

/** Billing details with a change applied. */
export function mergeBilling(
  current: BillingDetailsState,
  change: Partial<BillingDetailsState> | undefined,
): BillingDetailsState {
  const pick = <T>(next: T | undefined, before: T): T => (next === undefined ? before : next);
  return {
    address: pick(change?.address, current.address),
    email: pick(change?.email, current.email),
    name: pick(change?.name, current.name),
    phone: pick(change?.phone, current.phone),
  };
}

/** Keeps a payment method of one of Stripe's test numbers or tokens; any other number is answered with 501. */
export function makeMethod(
  world: World,
  data: MethodData,
  metadata: Record<string, string>,
  at = '',
): PaymentMethodState {
  const { card, us_bank_account: bank } = data;
  return createPaymentMethod(world, {
    method: numberBehind(data, at),
    metadata,
    billing: mergeBilling({ address: null, email: null, name: null, phone: null }, data.billing_details),
    ...(data.allow_redisplay === undefined ? {} : { allowRedisplay: data.allow_redisplay }),
    ...(card?.exp_month === undefined ? {} : { expMonth: card.exp_month }),
    ...(card?.exp_year === undefined ? {} : { expYear: fullYear(card.exp_year) }),
    ...(bank?.account_holder_type === undefined ? {} : { accountHolderType: bank.account_holder_type }),
    ...(bank?.account_type === undefined ? {} : { accountType: bank.account_type }),
  });
}

function fullYear(year: number): number {
  return year < 100 ? 2_000 + year : year;
}

function numberBehind(data: MethodData, at: string): TestMethod {
  const path = (key: string): string => (at === '' ? key : `${at}[${key.replace('[', '][')}`);
  const missing = (param: string): Error =>
    invalidRequest(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
  if (data.type === 'us_bank_account') {
    const number = data.us_bank_account?.account_number;
    if (number === undefined) throw missing(path('us_bank_account[account_number]'));
    return known(testMethodOf(number), 'us_bank_account', path('us_bank_account[account_number]'));
  }
  if (data.type === 'sepa_debit') {
    if (data.sepa_debit === undefined) throw missing(path('sepa_debit[iban]'));
    return known(testMethodOf(data.sepa_debit.iban.toUpperCase()), 'sepa_debit', path('sepa_debit[iban]'));
  }
  if (data.card?.token !== undefined) {
    const method = testMethodNamed(data.card.token);
    if (method?.type === 'card') return method;
    throw invalidRequest(`No such token: '${data.card.token}'`, {
      code: 'resource_missing',
      param: path('card[token]'),
    });
  }
  if (data.card?.number === undefined) throw missing(path('card[number]'));
  return known(testMethodOf(data.card.number), 'card', path('card[number]'));
}

function known(method: TestMethod | undefined, type: TestMethod['type'], param: string): TestMethod {
  if (method?.type === type) return method;
  throw notImplemented(`the number given as '${param}', which is none of the test numbers that it knows`);
}
