import { emitUpdate } from '../events/emit.ts';
import { StripeFault } from '../protocol/errors.ts';
import type { FormMap } from '../protocol/form.ts';
import type { PageAnswer } from '../protocol/page.ts';
import { toStripeCustomer } from '../resources/customer-view.ts';
import { customers, requireCustomer } from '../resources/customers.ts';
import { authenticationUrl } from '../resources/payment-intents.ts';
import {
  detachPaymentMethod,
  type PaymentMethodState,
  paymentMethods,
  usePaymentMethod,
} from '../resources/payment-methods.ts';
import { requirePortalConfiguration } from '../resources/portal-configurations.ts';
import type { PortalSessionState } from '../resources/portal-sessions.ts';
import { confirmSetup, createSetupIntent } from '../resources/setup-intents.ts';
import type { World } from '../world.ts';
import { choicesAmong, chosenOf, notOffered } from './checkout-choices.ts';
import { nothingHere, redirect } from './html.ts';
import { portalOf, portalPage, portalPath } from './portal-page.ts';

/** What the customer does on the portal's page: adds a card, makes a method the default, or removes one. */
export function changeInPortal(world: World, secret: string, form: FormMap): PageAnswer {
  const found = portalOf(world, secret);
  if (found === undefined) return nothingHere('There is no customer portal at this address.');
  const { session } = found;
  const { features } = requirePortalConfiguration(world, session.configurationId);
  if (!features.paymentMethodUpdate) return notOffered();
  if (form.has('add')) return addMethod(world, session, secret, form);
  const chosen = own(world, session, form.get('default') ?? form.get('remove'));
  if (chosen === undefined) return notOffered();
  if (form.has('default')) makeDefault(world, session.customerId, chosen.id);
  else detachPaymentMethod(world, chosen);
  return redirect(portalPath(world, session.id));
}

function own(world: World, { customerId }: PortalSessionState, id: unknown): PaymentMethodState | undefined {
  const method = typeof id === 'string' ? paymentMethods(world).get(id) : undefined;
  return method?.customerId === customerId ? method : undefined;
}

function addMethod(world: World, session: PortalSessionState, secret: string, form: FormMap): PageAnswer {
  const choice = chosenOf(choicesAmong(['card'], []), form);
  if (choice === undefined) return notOffered();
  const method = usePaymentMethod(world, choice.value);
  const path = portalPath(world, session.id);
  const intent = createSetupIntent(world, {
    customerId: session.customerId,
    paymentMethodId: method.id,
    allowedTypes: ['card'],
    allowRedirects: 'always',
    description: null,
    usage: 'off_session',
    metadata: {},
    returnUrl: `${world.origin}${path}`,
  });
  try {
    const { status } = confirmSetup(world, intent);
    if (status === 'requires_action') return redirect(authenticationUrl('', intent.id));
  } catch (error) {
    if (error instanceof StripeFault && error.type === 'card_error')
      return portalPage(world, secret, error.message);
    throw error;
  }
  makeDefault(world, session.customerId, method.id);
  return redirect(session.flow?.afterUrl ?? path);
}

function makeDefault(world: World, customerId: string, defaultPaymentMethodId: string): void {
  const customer = requireCustomer(world, customerId);
  const before = toStripeCustomer(world, customer);
  const after = toStripeCustomer(world, customers(world).put({ ...customer, defaultPaymentMethodId }));
  emitUpdate(world, { type: 'customer.updated', before, after, customerId });
}
