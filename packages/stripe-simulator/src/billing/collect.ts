import { attemptPayment, tellIntent } from '../resources/confirm-intent.ts';
import { customers } from '../resources/customers.ts';
import { createIntent, type PaymentIntentState, requirePaymentIntent } from '../resources/payment-intents.ts';
import {
  createPaymentMethod,
  hadPaymentMethod,
  type PaymentMethodState,
  usePaymentMethod,
} from '../resources/payment-methods.ts';
import { testMethods } from '../resources/test-methods.ts';
import type { World } from '../world.ts';

export interface Collection {
  customerId: string;
  /** More than zero. */
  amountMinor: number;
  currency: string;
  /** The invoice that is paid; a later settlement is told to it. */
  invoiceId?: string;
  /** Instead of the customer's default. */
  paymentMethodId?: string;
  /** Tries again with the intent of an earlier attempt. */
  paymentIntentId?: string;
  description?: string;
  metadata?: Record<string, string>;
  /** False when the customer is there to authenticate; true when left out. */
  offSession?: boolean;
}

export interface CollectionResult {
  outcome: 'failed' | 'processing' | 'requires_action' | 'succeeded';
  paymentIntentId: string;
  chargeId: string | null;
  /** Why it failed. */
  error: { code: string; declineCode: string | null; message: string } | null;
}

/**
 * Charges a customer's default payment method. A customer without a usable one fails, except one who never had any
 * while `assumptions.chargeWithoutPaymentMethod` is on: that charge succeeds on a card of nobody. Never throws for a
 * decline, and never charges twice: an intent of the invoice that is on its way or paid is left as it is.
 */
export function collectPayment(world: World, collection: Collection): CollectionResult {
  const known = knownIntent(world, collection);
  if (known?.status === 'processing' || known?.status === 'succeeded') return resultOf(known);
  const method = methodFor(world, collection);
  const intent = prepareIntent(world, collection, method, known);
  if (method === undefined) return { ...resultOf(intent), error: NO_METHOD };
  const attempt = { offSession: collection.offSession ?? true, errorOnRequiresAction: false };
  return resultOf(attemptPayment(world, intent, attempt));
}

const NO_METHOD = {
  code: 'resource_missing',
  declineCode: null,
  message:
    'This customer has no attached payment source or default payment method. Please consider adding a default payment method.',
};

function resultOf(intent: PaymentIntentState): CollectionResult {
  const { id, latestChargeId, lastError } = intent;
  return {
    outcome: outcomeOf(intent),
    paymentIntentId: id,
    chargeId: latestChargeId,
    error:
      lastError === null
        ? null
        : { code: lastError.code, declineCode: lastError.declineCode, message: lastError.message },
  };
}

function outcomeOf({ status, id }: PaymentIntentState): CollectionResult['outcome'] {
  if (status === 'succeeded' || status === 'processing' || status === 'requires_action') return status;
  if (status === 'requires_payment_method' || status === 'requires_confirmation') return 'failed';
  throw new Error(`Payment intent ${id} ended as ${status} after an attempt to pay.`);
}

/** The intent of an invoice before anything is charged, as finalisation makes it; answers its id. */
export function openIntent(world: World, collection: Collection): string {
  return prepareIntent(world, collection, undefined, undefined).id;
}

/** The intent of an earlier attempt; a canceled one is of no use any more. */
function knownIntent(world: World, { paymentIntentId }: Collection): PaymentIntentState | undefined {
  if (paymentIntentId === undefined) return undefined;
  const intent = requirePaymentIntent(world, paymentIntentId, 'payment_intent');
  return intent.status === 'canceled' ? undefined : intent;
}

function methodFor(world: World, collection: Collection): PaymentMethodState | undefined {
  const { customerId } = collection;
  const id = collection.paymentMethodId ?? customers(world).get(customerId)?.defaultPaymentMethodId ?? null;
  if (id !== null) {
    const method = usePaymentMethod(world, id);
    const usable = !method.consumed && (method.customerId === null || method.customerId === customerId);
    return usable ? method : undefined;
  }
  const [works] = testMethods;
  const charged = world.assumptions.chargeWithoutPaymentMethod && !hadPaymentMethod(world, customerId);
  return works === undefined || !charged ? undefined : createPaymentMethod(world, { method: works });
}

function prepareIntent(
  world: World,
  collection: Collection,
  method: PaymentMethodState | undefined,
  known: PaymentIntentState | undefined,
): PaymentIntentState {
  const { amountMinor } = collection;
  const paymentMethodId = method?.id ?? null;
  const allowedTypes = method === undefined ? null : [method.type];
  if (known !== undefined) return { ...known, amountMinor, paymentMethodId, allowedTypes };
  const intent = createIntent(world, {
    amountMinor,
    currency: collection.currency,
    customerId: collection.customerId,
    paymentMethodId,
    allowedTypes,
    invoiceId: collection.invoiceId ?? null,
    description: collection.description ?? null,
    metadata: collection.metadata ?? {},
  });
  tellIntent(world, intent, 'created');
  return intent;
}
