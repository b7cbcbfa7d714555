import type Stripe from 'stripe';
import { emit } from '../events/emit.ts';
import { invalidRequest, resourceMissing, StripeFault } from '../protocol/errors.ts';
import { defineTable } from '../table.ts';
import type { Wire } from '../wire.ts';
import type { World } from '../world.ts';
import { type AddressState, toStripeAddress } from './address.ts';
import { customers, requireCustomer } from './customers.ts';
import { type MethodType, type TestMethod, testMethodNamed, testMethodOf } from './test-methods.ts';

export interface BillingDetailsState {
  address: AddressState | null;
  email: string | null;
  name: string | null;
  phone: string | null;
}

export type AllowRedisplay = 'always' | 'limited' | 'unspecified';

export interface PaymentMethodState {
  id: string;
  createdSec: number;
  type: MethodType;
  /** The test number, which decides what a payment does. */
  number: string;
  /** Another test number, whose payments it makes from now on; null: its own. */
  actsAs: string | null;
  customerId: string | null;
  billing: BillingDetailsState;
  metadata: Record<string, string>;
  allowRedisplay: AllowRedisplay;
  expMonth: number;
  expYear: number;
  accountHolderType: 'company' | 'individual';
  accountType: 'checking' | 'savings';
  /** True once the cardholder has authenticated it for payments without them. */
  setUpOffSession: boolean;
  /** Set by a payment without a customer and by detaching: it cannot be used again. */
  consumed: boolean;
}

export const paymentMethods = defineTable<PaymentMethodState>();
/** The customers who have, or once had, a payment method. */
const everAttached = defineTable<{ id: string }>();

export type PaymentMethodInput = Partial<Omit<PaymentMethodState, 'id' | 'createdSec' | 'type'>> & {
  method: TestMethod;
};

/** Keeps a new payment method that belongs to nobody yet. */
export function createPaymentMethod(
  world: World,
  { method, ...input }: PaymentMethodInput,
): PaymentMethodState {
  return paymentMethods(world).put({
    createdSec: world.ownNowSec(),
    customerId: null,
    billing: { address: null, email: null, name: null, phone: null },
    metadata: {},
    allowRedisplay: 'unspecified',
    expMonth: 12,
    expYear: new Date(world.ownNowMs()).getUTCFullYear() + 4,
    accountHolderType: 'individual',
    accountType: 'checking',
    setUpOffSession: false,
    consumed: false,
    actsAs: null,
    ...input,
    id: world.ids.next('pm_'),
    type: method.type,
    number: method.number,
  });
}

/** What its test number does, or the one that it was told to act as. */
export function testMethodBehind(method: PaymentMethodState): TestMethod {
  const own = testMethodOf(method.number);
  const acted = method.actsAs === null ? own : testMethodOf(method.actsAs);
  if (own === undefined || acted === undefined)
    throw new Error(`Payment method ${method.id} has an unknown test number.`);
  const { decline, authentication, dispute, refund } = acted;
  return { ...own, decline, authentication, dispute, refund };
}

export function requirePaymentMethod(world: World, id: string, param = 'id'): PaymentMethodState {
  const method = paymentMethods(world).get(id);
  if (method === undefined) throw resourceMissing('PaymentMethod', id, param);
  return method;
}

/** The method of an id, or a new one for an alias such as `pm_card_visa`, as at Stripe. Throws for unknown ones. */
export function usePaymentMethod(
  world: World,
  idOrAlias: string,
  param = 'payment_method',
): PaymentMethodState {
  const named = testMethodNamed(idOrAlias);
  return named === undefined
    ? requirePaymentMethod(world, idOrAlias, param)
    : createPaymentMethod(world, { method: named });
}

/** Whether the customer has, or once had, any payment method. */
export function hadPaymentMethod(world: World, customerId: string): boolean {
  return everAttached(world).get(customerId) !== undefined;
}

/** A customer's payment methods, newest first. */
export function paymentMethodsOf(world: World, customerId: string): PaymentMethodState[] {
  return paymentMethods(world)
    .newestFirst()
    .filter((method) => method.customerId === customerId);
}

/**
 * Attaches a method to a customer. A card that is declined on attaching throws Stripe's 402 and stays unattached;
 * one that belongs to another customer, or was used up, throws a 400.
 */
export function attachPaymentMethod(
  world: World,
  method: PaymentMethodState,
  customerId: string,
): PaymentMethodState {
  requireCustomer(world, customerId);
  if (method.customerId === customerId) return method;
  if (method.customerId !== null) {
    throw invalidRequest('The payment method you provided has already been attached to a customer.', {
      code: 'payment_method_unexpected_state',
      param: 'payment_method',
    });
  }
  if (method.consumed) throw usedUp();
  const { decline, refusesAttach } = testMethodBehind(method);
  if (decline !== null && refusesAttach) {
    throw new StripeFault(decline.message, {
      status: 402,
      type: 'card_error',
      code: decline.code,
      details: { decline_code: decline.declineCode, payment_method: toStripePaymentMethod(method) },
    });
  }
  everAttached(world).put({ id: customerId });
  const attached = paymentMethods(world).put({ ...method, customerId });
  emit(world, { type: 'payment_method.attached', object: toStripePaymentMethod(attached), customerId });
  return attached;
}

/** Takes a method away from its customer for ever; it stops being the customer's default. */
export function detachPaymentMethod(world: World, method: PaymentMethodState): PaymentMethodState {
  const { customerId } = method;
  if (customerId === null) {
    throw invalidRequest(
      'The payment method you provided is not attached to a customer so detachment is impossible.',
      { code: 'payment_method_unexpected_state', param: 'payment_method' },
    );
  }
  const detached = paymentMethods(world).put({ ...method, customerId: null, consumed: true });
  const customer = customers(world).get(customerId);
  if (customer?.defaultPaymentMethodId === method.id)
    customers(world).put({ ...customer, defaultPaymentMethodId: null });
  emit(world, {
    type: 'payment_method.detached',
    object: toStripePaymentMethod(detached),
    previousAttributes: { customer: customerId },
    customerId,
  });
  return detached;
}

/** Stripe's refusal of a method that was used without a customer, or was detached. */
export function usedUp(): StripeFault {
  return invalidRequest(
    'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.',
    { code: 'payment_method_unexpected_state', param: 'payment_method' },
  );
}

export function last4Of({ number }: { number: string }): string {
  return number.slice(-4);
}

/** Two letters that begin an IBAN, or US. */
export function countryOf({ type, number }: PaymentMethodState): string {
  return type === 'sepa_debit' ? number.slice(0, 2) : 'US';
}

/** The same number has the same fingerprint in one account. */
export function fingerprintOf({ number }: { number: string }): string {
  let hash = 7n;
  for (const character of number)
    hash = (hash * 131n + BigInt(character.charCodeAt(0))) % 4_738_381_338_321_616_896n;
  return hash.toString(36).padStart(16, '0').slice(-16);
}

export function toStripeBillingDetails({ address, email, name, phone }: BillingDetailsState) {
  return {
    address: toStripeAddress(address ?? emptyAddress),
    email,
    name,
    phone,
    tax_id: null,
  } satisfies Wire<Stripe.PaymentMethod.BillingDetails>;
}

const emptyAddress: AddressState = {
  city: undefined,
  country: undefined,
  line1: undefined,
  line2: undefined,
  postal_code: undefined,
  state: undefined,
};

export const ROUTING_NUMBER = '110000000';

function toStripeCard(method: PaymentMethodState) {
  const { brand, funding, authentication } = testMethodBehind(method);
  return {
    brand,
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
    country: countryOf(method),
    display_brand: brand,
    exp_month: method.expMonth,
    exp_year: method.expYear,
    fingerprint: fingerprintOf(method),
    funding,
    generated_from: null,
    last4: last4Of(method),
    networks: { available: [brand], preferred: null },
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: authentication !== 'never' || brand !== 'amex' },
    wallet: null,
  } satisfies Wire<Stripe.PaymentMethod.Card>;
}

function toStripeUsBankAccount(method: PaymentMethodState) {
  return {
    account_holder_type: method.accountHolderType,
    account_type: method.accountType,
    bank_name: 'STRIPE TEST BANK',
    financial_connections_account: null,
    fingerprint: fingerprintOf(method),
    last4: last4Of(method),
    networks: { preferred: 'ach', supported: ['ach'] },
    routing_number: ROUTING_NUMBER,
    status_details: {},
  } satisfies Wire<Stripe.PaymentMethod.UsBankAccount>;
}

function toStripeSepaDebit(method: PaymentMethodState) {
  return {
    bank_code: method.number.slice(4, 9),
    branch_code: '',
    country: countryOf(method),
    fingerprint: fingerprintOf(method),
    generated_from: { charge: null, setup_attempt: null },
    last4: last4Of(method),
  } satisfies Wire<Stripe.PaymentMethod.SepaDebit>;
}

export function toStripePaymentMethod(method: PaymentMethodState) {
  return {
    id: method.id,
    object: 'payment_method',
    allow_redisplay: method.allowRedisplay,
    billing_details: toStripeBillingDetails(method.billing),
    ...(method.type === 'card' ? { card: toStripeCard(method) } : {}),
    created: method.createdSec,
    customer: method.customerId,
    customer_account: null,
    livemode: false,
    metadata: method.metadata,
    ...(method.type === 'sepa_debit' ? { sepa_debit: toStripeSepaDebit(method) } : {}),
    type: method.type,
    ...(method.type === 'us_bank_account' ? { us_bank_account: toStripeUsBankAccount(method) } : {}),
  } satisfies Wire<Stripe.PaymentMethod>;
}
