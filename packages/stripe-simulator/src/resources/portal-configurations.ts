import type Stripe from 'stripe';
import { emit, emitUpdate } from '../events/emit.ts';
import { resourceMissing } from '../protocol/errors.ts';
import { defineTable } from '../table.ts';
import type { Wire } from '../wire.ts';
import type { World } from '../world.ts';

export type PortalUpdate = 'address' | 'email' | 'name' | 'phone' | 'shipping' | 'tax_id';

/** What customers may do in the portal. */
export interface PortalFeaturesState {
  customerUpdate: { enabled: boolean; allowedUpdates: PortalUpdate[] };
  invoiceHistory: boolean;
  paymentMethodUpdate: boolean;
  subscriptionCancel: {
    enabled: boolean;
    mode: 'at_period_end' | 'immediately';
    prorationBehavior: 'always_invoice' | 'create_prorations' | 'none';
    reasonEnabled: boolean;
    reasonOptions: string[];
  };
}

export interface PortalConfigurationState {
  id: string;
  createdSec: number;
  updatedSec: number;
  active: boolean;
  isDefault: boolean;
  name: string | null;
  headline: string | null;
  privacyPolicyUrl: string | null;
  termsOfServiceUrl: string | null;
  defaultReturnUrl: string | null;
  features: PortalFeaturesState;
  metadata: Record<string, string>;
}

export const portalConfigurations = defineTable<PortalConfigurationState>();

const everything: PortalFeaturesState = {
  customerUpdate: { enabled: true, allowedUpdates: ['email', 'address', 'phone', 'tax_id'] },
  invoiceHistory: true,
  paymentMethodUpdate: true,
  subscriptionCancel: {
    enabled: true,
    mode: 'at_period_end',
    prorationBehavior: 'none',
    reasonEnabled: false,
    reasonOptions: [],
  },
};

type NewConfiguration = Omit<
  PortalConfigurationState,
  'active' | 'createdSec' | 'id' | 'isDefault' | 'updatedSec'
>;

/** Keeps a new configuration. */
export function createPortalConfiguration(
  world: World,
  input: NewConfiguration,
  isDefault = false,
): PortalConfigurationState {
  const nowSec = world.ownNowSec();
  const made = portalConfigurations(world).put({
    ...input,
    id: world.ids.next('bpc_'),
    createdSec: nowSec,
    updatedSec: nowSec,
    active: true,
    isDefault,
  });
  emit(world, { type: 'billing_portal.configuration.created', object: toStripePortalConfiguration(made) });
  return made;
}

/** Keeps a change and tells of it. */
export function changePortalConfiguration(
  world: World,
  configuration: PortalConfigurationState,
  changes: Partial<PortalConfigurationState>,
): PortalConfigurationState {
  const after = portalConfigurations(world).put({
    ...configuration,
    ...changes,
    updatedSec: world.ownNowSec(),
  });
  emitUpdate(world, {
    type: 'billing_portal.configuration.updated',
    before: toStripePortalConfiguration(configuration),
    after: toStripePortalConfiguration(after),
  });
  return after;
}

/** The account's default configuration, with everything on; at Stripe the dashboard makes it. */
export function defaultPortalConfiguration(world: World): PortalConfigurationState {
  const known = portalConfigurations(world)
    .oldestFirst()
    .find(({ isDefault }) => isDefault);
  if (known !== undefined) return known;
  return createPortalConfiguration(
    world,
    {
      name: null,
      headline: null,
      privacyPolicyUrl: null,
      termsOfServiceUrl: null,
      defaultReturnUrl: null,
      features: everything,
      metadata: {},
    },
    true,
  );
}

export function requirePortalConfiguration(world: World, id: string, param = 'id'): PortalConfigurationState {
  const configuration = portalConfigurations(world).get(id);
  if (configuration === undefined) throw resourceMissing('configuration', id, param);
  return configuration;
}

export function toStripePortalConfiguration(configuration: PortalConfigurationState) {
  const { features } = configuration;
  const cancel = features.subscriptionCancel;
  return {
    id: configuration.id,
    object: 'billing_portal.configuration',
    active: configuration.active,
    application: null,
    business_profile: {
      headline: configuration.headline,
      privacy_policy_url: configuration.privacyPolicyUrl,
      terms_of_service_url: configuration.termsOfServiceUrl,
    },
    created: configuration.createdSec,
    default_return_url: configuration.defaultReturnUrl,
    features: {
      customer_update: {
        allowed_updates: features.customerUpdate.allowedUpdates,
        enabled: features.customerUpdate.enabled,
      },
      invoice_history: { enabled: features.invoiceHistory },
      payment_method_update: { enabled: features.paymentMethodUpdate, payment_method_configuration: null },
      subscription_cancel: {
        cancellation_reason: {
          enabled: cancel.reasonEnabled,
          feedback_options: null,
          options: cancel.reasonOptions,
        },
        enabled: cancel.enabled,
        mode: cancel.mode,
        proration_behavior: cancel.prorationBehavior,
      },
      subscription_pause: { duration: { interval_options: [], type: 'indefinite' }, enabled: false },
      subscription_update: {
        billing_cycle_anchor: null,
        default_allowed_updates: [],
        enabled: false,
        proration_behavior: 'none',
        schedule_at_period_end: { conditions: [] },
        trial_update_behavior: 'end_trial',
      },
    },
    is_default: configuration.isDefault,
    livemode: false,
    login_page: { enabled: false, url: null },
    metadata: configuration.metadata,
    name: configuration.name,
    updated: configuration.updatedSec,
  } satisfies Wire<Stripe.BillingPortal.Configuration>;
}
