import type Stripe from 'stripe';
import { emit } from '../events/emit.ts';
import { invalidRequest } from '../protocol/errors.ts';
import { object, oneOf, optional, type Parsed, string, url } from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import { defineTable } from '../table.ts';
import type { Wire } from '../wire.ts';
import type { World } from '../world.ts';
import { requireCustomer } from './customers.ts';
import { defaultPortalConfiguration, requirePortalConfiguration } from './portal-configurations.ts';
import { requireSubscription } from './subscriptions.ts';

export interface PortalFlowState {
  type: 'customer_update' | 'payment_method_update' | 'subscription_cancel';
  subscriptionId: string | null;
  afterCompletion: 'hosted_confirmation' | 'portal_homepage' | 'redirect';
  afterUrl: string | null;
  afterMessage: string | null;
}

export interface PortalSessionState {
  id: string;
  createdSec: number;
  customerId: string;
  configurationId: string;
  locale: string | null;
  returnUrl: string | null;
  flow: PortalFlowState | null;
}

export const portalSessions = defineTable<PortalSessionState>();

/** The secret part of a portal's address. */
export function portalSecretOf(world: World, id: string): string {
  return world.ids.stable('test_', `${id} portal`, 32);
}

const flowData = {
  type: oneOf(
    ['customer_update', 'payment_method_update', 'subscription_cancel'],
    ['subscription_pause', 'subscription_update', 'subscription_update_confirm'],
  ),
  subscription_cancel: optional(object({ subscription: string() }, ['retention'])),
  after_completion: optional(
    object({
      type: oneOf(['hosted_confirmation', 'portal_homepage', 'redirect']),
      hosted_confirmation: optional(object({ custom_message: optional(string({ maxLength: 500 })) })),
      redirect: optional(object({ return_url: url() })),
    }),
  ),
};

function flowOf(
  world: World,
  customerId: string,
  data: Parsed<typeof flowData> | undefined,
): PortalFlowState | null {
  if (data === undefined) return null;
  const subscriptionId = data.subscription_cancel?.subscription ?? null;
  if ((data.type === 'subscription_cancel') !== (subscriptionId !== null)) {
    const param = 'flow_data[subscription_cancel]';
    throw invalidRequest(
      subscriptionId === null
        ? `Missing required param: ${param}.`
        : `\`${param}\` can only be set with the type \`subscription_cancel\`.`,
      { param, ...(subscriptionId === null ? { code: 'parameter_missing' } : {}) },
    );
  }
  if (subscriptionId !== null) {
    const at = 'flow_data[subscription_cancel][subscription]';
    if (requireSubscription(world, subscriptionId, at).customerId !== customerId)
      throw invalidRequest('The subscription does not belong to the customer.', { param: at });
  }
  const after = data.after_completion;
  if (after?.type === 'redirect' && after.redirect === undefined) {
    throw invalidRequest('Missing required param: flow_data[after_completion][redirect].', {
      code: 'parameter_missing',
      param: 'flow_data[after_completion][redirect]',
    });
  }
  return {
    type: data.type,
    subscriptionId,
    afterCompletion: after?.type ?? 'portal_homepage',
    afterUrl: after?.redirect?.return_url ?? null,
    afterMessage: after?.hosted_confirmation?.custom_message ?? null,
  };
}

function toStripeFlow(flow: PortalFlowState) {
  return {
    after_completion: {
      hosted_confirmation:
        flow.afterCompletion === 'hosted_confirmation' ? { custom_message: flow.afterMessage } : null,
      redirect: flow.afterUrl === null ? null : { return_url: flow.afterUrl },
      type: flow.afterCompletion,
    },
    customer_update: flow.type === 'customer_update' ? {} : null,
    subscription_cancel:
      flow.subscriptionId === null ? null : { retention: null, subscription: flow.subscriptionId },
    subscription_pause: null,
    subscription_update: null,
    subscription_update_confirm: null,
    type: flow.type,
  } satisfies Wire<Stripe.BillingPortal.Session.Flow>;
}

export function toStripePortalSession(world: World, session: PortalSessionState) {
  return {
    id: session.id,
    object: 'billing_portal.session',
    after_expiration: null,
    configuration: session.configurationId,
    created: session.createdSec,
    customer: session.customerId,
    customer_account: null,
    flow: session.flow === null ? null : toStripeFlow(session.flow),
    livemode: false,
    locale: session.locale,
    on_behalf_of: null,
    return_url: session.returnUrl,
    url: `${world.origin}/p/session/${portalSecretOf(world, session.id)}`,
  } satisfies Wire<Stripe.BillingPortal.Session>;
}

export const portalSessionRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/billing_portal/sessions',
    fidelity: 'simplified',
    note: 'the page shows payment methods and invoices, and changes payment methods only; it does not expire',
    ownTime: true,
    returns: { kind: 'billing_portal.session', list: false },
    params: {
      customer: string(),
      configuration: optional(string()),
      flow_data: optional(
        object(flowData, ['subscription_pause', 'subscription_update', 'subscription_update_confirm']),
      ),
      locale: optional(string({ maxLength: 10 })),
      return_url: optional(url()),
    },
    missing: ['after_expiration', 'customer_account', 'on_behalf_of'],
    handle(world, params) {
      const customer = requireCustomer(world, params.customer);
      const configuration =
        params.configuration === undefined
          ? defaultPortalConfiguration(world)
          : requirePortalConfiguration(world, params.configuration, 'configuration');
      if (!configuration.active) {
        throw invalidRequest('The configuration is inactive and cannot be used.', { param: 'configuration' });
      }
      const session = portalSessions(world).put({
        id: world.ids.next('bps_'),
        createdSec: world.ownNowSec(),
        customerId: customer.id,
        configurationId: configuration.id,
        locale: params.locale ?? null,
        returnUrl: params.return_url ?? configuration.defaultReturnUrl,
        flow: flowOf(world, customer.id, params.flow_data),
      });
      const object = toStripePortalSession(world, session);
      emit(world, { type: 'billing_portal.session.created', object, customerId: customer.id });
      return object;
    },
  }),
];
