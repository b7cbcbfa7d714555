import type Stripe from 'stripe';
import { emit } from '../events/emit.ts';
import { invalidRequest, resourceMissing, StripeFault } from '../protocol/errors.ts';
import { defineTable } from '../table.ts';
import type { Wire } from '../wire.ts';
import type { World } from '../world.ts';
import { clientSecretOf, nextActionOf } from './payment-intents.ts';
import {
  attachPaymentMethod,
  type PaymentMethodState,
  paymentMethods,
  requirePaymentMethod,
  testMethodBehind,
  toStripePaymentMethod,
  usedUp,
} from './payment-methods.ts';
import type { MethodType } from './test-methods.ts';

interface SetupErrorState {
  code: string;
  declineCode: string | null;
  message: string;
  paymentMethod: PaymentMethodState;
}

export interface SetupIntentState {
  id: string;
  createdSec: number;
  status: 'canceled' | 'requires_action' | 'requires_confirmation' | 'requires_payment_method' | 'succeeded';
  customerId: string | null;
  paymentMethodId: string | null;
  allowedTypes: MethodType[] | null;
  allowRedirects: 'always' | 'never';
  description: string | null;
  usage: 'off_session' | 'on_session';
  metadata: Record<string, string>;
  returnUrl: string | null;
  lastError: SetupErrorState | null;
  cancellationReason: string | null;
}

export const setupIntents = defineTable<SetupIntentState>();

export function requireSetupIntent(world: World, id: string): SetupIntentState {
  const intent = setupIntents(world).get(id);
  if (intent === undefined) throw resourceMissing('setup_intent', id);
  return intent;
}

function tell(
  world: World,
  intent: SetupIntentState,
  name: 'canceled' | 'created' | 'requires_action' | 'setup_failed' | 'succeeded',
): SetupIntentState {
  emit(world, {
    type: `setup_intent.${name}`,
    object: toStripeSetupIntent(world, intent),
    customerId: intent.customerId,
  });
  return intent;
}

/** Keeps a new intent to set up a payment method. */
export function createSetupIntent(
  world: World,
  input: Omit<SetupIntentState, 'cancellationReason' | 'createdSec' | 'id' | 'lastError' | 'status'>,
): SetupIntentState {
  return tell(
    world,
    setupIntents(world).put({
      ...input,
      id: world.ids.next('seti_'),
      createdSec: world.ownNowSec(),
      status: input.paymentMethodId === null ? 'requires_payment_method' : 'requires_confirmation',
      lastError: null,
      cancellationReason: null,
    }),
    'created',
  );
}

/** Stripe's refusal of an operation that the intent's status does not allow. */
export function unexpectedSetupState(world: World, intent: SetupIntentState, message: string): StripeFault {
  return invalidRequest(message, {
    code: 'setup_intent_unexpected_state',
    details: { setup_intent: toStripeSetupIntent(world, intent) },
  });
}

/**
 * Sets the method up, or asks the person to authenticate first. Throws Stripe's 402, with the intent, for a card
 * that is declined.
 */
export function confirmSetup(world: World, intent: SetupIntentState): SetupIntentState {
  const method = settableMethod(world, intent);
  if (testMethodBehind(method).authentication !== 'never') {
    const waiting = setupIntents(world).put({ ...intent, status: 'requires_action', lastError: null });
    return tell(world, waiting, 'requires_action');
  }
  return setUp(world, intent, method);
}

function settableMethod(world: World, intent: SetupIntentState): PaymentMethodState {
  if (intent.status === 'succeeded' || intent.status === 'canceled') {
    throw unexpectedSetupState(
      world,
      intent,
      `You cannot confirm this SetupIntent because it has a status of ${intent.status}.`,
    );
  }
  if (intent.paymentMethodId === null) {
    throw unexpectedSetupState(
      world,
      intent,
      "You cannot confirm this SetupIntent because it's missing a payment method.",
    );
  }
  const method = requirePaymentMethod(world, intent.paymentMethodId, 'payment_method');
  if (method.consumed) throw usedUp();
  if (method.customerId !== null && method.customerId !== intent.customerId) {
    throw invalidRequest(
      `The customer does not have a payment method with the ID ${method.id}. The payment method must be attached to the customer.`,
      { code: 'resource_missing', param: 'payment_method' },
    );
  }
  return method;
}

function setUp(world: World, intent: SetupIntentState, method: PaymentMethodState): SetupIntentState {
  const { decline, refusesAttach } = testMethodBehind(method);
  if (decline !== null && refusesAttach) {
    const error = { ...decline, paymentMethod: method };
    const failed = failSetup(world, intent, error);
    throw new StripeFault(error.message, {
      status: 402,
      type: 'card_error',
      code: error.code,
      details: {
        decline_code: error.declineCode,
        payment_method: toStripePaymentMethod(method),
        setup_intent: toStripeSetupIntent(world, failed),
      },
    });
  }
  const kept = intent.customerId === null ? method : attachPaymentMethod(world, method, intent.customerId);
  if (intent.usage === 'off_session') paymentMethods(world).put({ ...kept, setUpOffSession: true });
  return tell(
    world,
    setupIntents(world).put({ ...intent, status: 'succeeded', lastError: null }),
    'succeeded',
  );
}

function failSetup(world: World, intent: SetupIntentState, lastError: SetupErrorState): SetupIntentState {
  return tell(
    world,
    setupIntents(world).put({
      ...intent,
      status: 'requires_payment_method',
      paymentMethodId: null,
      lastError,
    }),
    'setup_failed',
  );
}

/** Goes on after the person authenticated, or failed to, on the simulator's page. */
export function finishSetup(
  world: World,
  intent: SetupIntentState,
  authenticated: boolean,
): SetupIntentState {
  if (intent.status !== 'requires_action') return intent;
  const method = settableMethod(world, intent);
  if (authenticated) return setUp(world, intent, method);
  return failSetup(world, intent, {
    code: 'setup_intent_authentication_failure',
    declineCode: null,
    message:
      'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
    paymentMethod: method,
  });
}

/** Ends an intent that has set nothing up. */
export function cancelSetup(world: World, intent: SetupIntentState, reason: string | null): SetupIntentState {
  if (intent.status === 'succeeded' || intent.status === 'canceled') {
    throw unexpectedSetupState(
      world,
      intent,
      `You cannot cancel this SetupIntent because it has a status of ${intent.status}. Only a SetupIntent with one of the following statuses may be canceled: requires_payment_method, requires_confirmation, requires_action.`,
    );
  }
  return tell(
    world,
    setupIntents(world).put({ ...intent, status: 'canceled', cancellationReason: reason }),
    'canceled',
  );
}

function toStripeSetupError(error: SetupErrorState) {
  return {
    code: error.code,
    ...(error.declineCode === null ? {} : { decline_code: error.declineCode }),
    doc_url: `https://stripe.com/docs/error-codes/${error.code.replaceAll('_', '-')}`,
    message: error.message,
    payment_method: toStripePaymentMethod(error.paymentMethod),
    type: error.declineCode === null ? 'invalid_request_error' : 'card_error',
  } satisfies Wire<Stripe.SetupIntent.LastSetupError>;
}

export function toStripeSetupIntent(world: World, intent: SetupIntentState) {
  return {
    id: intent.id,
    object: 'setup_intent',
    allowed_payment_method_types: intent.allowedTypes,
    application: null,
    automatic_payment_methods:
      intent.allowedTypes === null ? { allow_redirects: intent.allowRedirects, enabled: true } : null,
    cancellation_reason: intent.cancellationReason,
    client_secret: clientSecretOf(world, intent.id),
    created: intent.createdSec,
    customer: intent.customerId,
    customer_account: null,
    description: intent.description,
    excluded_payment_method_types: null,
    flow_directions: null,
    last_setup_error: intent.lastError === null ? null : toStripeSetupError(intent.lastError),
    latest_attempt: null,
    livemode: false,
    managed_payments: { enabled: false },
    mandate: null,
    metadata: intent.metadata,
    next_action: intent.status === 'requires_action' ? nextActionOf(world, intent) : null,
    on_behalf_of: null,
    payment_method: intent.paymentMethodId,
    payment_method_configuration_details: null,
    payment_method_options: {
      card: { mandate_options: null, network: null, request_three_d_secure: 'automatic' },
    },
    payment_method_types: intent.allowedTypes ?? ['card', 'us_bank_account'],
    single_use_mandate: null,
    status: intent.status,
    usage: intent.usage,
  } satisfies Wire<Stripe.SetupIntent>;
}
