import type { FormMap } from '../protocol/form.ts';
import type { PageAnswer } from '../protocol/page.ts';
import { type SessionState, sessionTypes } from '../resources/checkout-sessions.ts';
import { paymentIntents } from '../resources/payment-intents.ts';
import {
  last4Of,
  type PaymentMethodState,
  paymentMethodsOf,
  testMethodBehind,
} from '../resources/payment-methods.ts';
import { type MethodType, testMethodNamed } from '../resources/test-methods.ts';
import type { World } from '../world.ts';
import { type Html, html, page } from './html.ts';

/** A way to pay that the page offers. */
export interface Choice {
  /** A test method's name, or the id of a saved method. */
  value: string;
  label: string;
  hint: string;
}

const TESTS: ReadonlyArray<{ value: string; hint: string }> = [
  { value: 'pm_card_visa', hint: 'The payment succeeds' },
  { value: 'pm_card_chargeDeclined', hint: 'The card is declined' },
  { value: 'pm_card_authenticationRequired', hint: 'Asks for authentication first' },
  { value: 'pm_usBankAccount_success', hint: 'Succeeds after some minutes' },
  { value: 'pm_usBankAccount_insufficientFunds', hint: 'Fails after some minutes' },
  { value: 'pm_success_de', hint: 'Succeeds after some minutes' },
  { value: 'pm_failed_de', hint: 'Fails after some minutes' },
];

const NAMES: Record<MethodType, string> = {
  card: 'Card',
  sepa_debit: 'SEPA debit',
  us_bank_account: 'US bank account',
};

function inWords(type: MethodType, brand: string, number: string): string {
  const name = type === 'card' ? brand.charAt(0).toUpperCase() + brand.slice(1) : NAMES[type];
  return `${name} ••••\u00a0${last4Of({ number })}`;
}

/** A method in words: its brand or kind, and its last four digits. */
export function describeMethod(method: PaymentMethodState): string {
  return inWords(method.type, testMethodBehind(method).brand, method.number);
}

/** The test methods of some kinds, and saved ones; the first is what a payer who chooses nothing pays with. */
export function choicesAmong(types: readonly MethodType[], saved: readonly PaymentMethodState[]): Choice[] {
  const tests = TESTS.flatMap(({ value, hint }) => {
    const method = testMethodNamed(value);
    if (method === undefined || !types.includes(method.type)) return [];
    return [{ value, label: inWords(method.type, method.brand, method.number), hint }];
  });
  const again = saved
    .filter(({ type }) => types.includes(type))
    .map((method) => ({ value: method.id, label: describeMethod(method), hint: 'Saved' }));
  return [...tests, ...again];
}

/** What the page of a session offers. */
export function choicesOf(world: World, session: SessionState): Choice[] {
  const shown = session.savedMethods?.allowRedisplayFilters ?? ['always'];
  const saved = session.customerId === null ? [] : paymentMethodsOf(world, session.customerId);
  return choicesAmong(
    sessionTypes(session),
    saved.filter(({ allowRedisplay }) => shown.includes(allowRedisplay)),
  );
}

/** The choice that a form names, the first one when it names none; undefined for one that is not offered. */
export function chosenOf(choices: readonly Choice[], form: FormMap): Choice | undefined {
  const value = form.get('method') ?? choices[0]?.value;
  return choices.find((choice) => choice.value === value);
}

/** Radio buttons for the choices, of which the first is chosen. */
export function choiceFields(choices: readonly Choice[], legend = 'Pay with'): Html {
  return html`<fieldset><legend>${legend}</legend>${choices.map((choice, index) => option(choice, index === 0))}</fieldset>`;
}

function option({ value, label, hint }: Choice, checked: boolean): Html {
  const state = checked ? html` checked` : html``;
  return html`<label class="choice"><input type="radio" name="method" value="${value}"${state}><span>${label}<small>${hint}</small></span></label>`;
}

/** The answer to a choice that the page did not offer. */
export function notOffered(): PageAnswer {
  return page(400, 'Cannot pay', html`<h1>Cannot pay</h1><p>This way to pay is not offered here.</p>`);
}

/** Why the last try of an intent failed, as an alert; nothing when it did not. */
export function failureAlert(world: World, intentId: string | null): Html {
  const intent = intentId === null ? undefined : paymentIntents(world).get(intentId);
  if (intent?.lastError == null) return html``;
  return alertOf(`${intent.lastError.message} You can try again.`);
}

/** Words that tell at once what went wrong. */
export function alertOf(words: string): Html {
  return html`<p class="alert" role="alert">${words}</p>
`;
}
