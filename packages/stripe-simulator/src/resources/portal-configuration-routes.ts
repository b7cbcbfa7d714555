import { pageParams, paginate } from '../protocol/paging.ts';
import {
  array,
  boolean,
  clearable,
  mergeMetadata,
  metadata,
  object,
  oneOf,
  optional,
  type Parsed,
  string,
  url,
} from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import {
  changePortalConfiguration,
  createPortalConfiguration,
  type PortalFeaturesState,
  portalConfigurations,
  requirePortalConfiguration,
  toStripePortalConfiguration,
} from './portal-configurations.ts';

const update = oneOf(['address', 'email', 'name', 'phone', 'shipping', 'tax_id']);
const reason = oneOf([
  'customer_service',
  'low_quality',
  'missing_features',
  'other',
  'switched_service',
  'too_complex',
  'too_expensive',
  'unused',
]);

const featuresParam = {
  customer_update: optional(
    object({ enabled: optional(boolean()), allowed_updates: clearable(array(update)) }),
  ),
  invoice_history: optional(object({ enabled: boolean() })),
  payment_method_update: optional(object({ enabled: boolean() }, ['payment_method_configuration'])),
  subscription_cancel: optional(
    object({
      enabled: optional(boolean()),
      mode: optional(oneOf(['at_period_end', 'immediately'])),
      proration_behavior: optional(oneOf(['always_invoice', 'create_prorations', 'none'])),
      cancellation_reason: optional(
        object({ enabled: boolean(), options: clearable(array(reason)) }, ['feedback_options']),
      ),
    }),
  ),
};
type FeaturesParam = Parsed<typeof featuresParam>;

const nothing: PortalFeaturesState = {
  customerUpdate: { enabled: false, allowedUpdates: [] },
  invoiceHistory: false,
  paymentMethodUpdate: false,
  subscriptionCancel: {
    enabled: false,
    mode: 'at_period_end',
    prorationBehavior: 'none',
    reasonEnabled: false,
    reasonOptions: [],
  },
};

function mergeFeatures(current: PortalFeaturesState, change: FeaturesParam | undefined): PortalFeaturesState {
  const cancel = change?.subscription_cancel;
  const { customerUpdate, subscriptionCancel } = current;
  const updates = change?.customer_update?.allowed_updates;
  const options = cancel?.cancellation_reason?.options;
  return {
    customerUpdate: {
      enabled: change?.customer_update?.enabled ?? customerUpdate.enabled,
      allowedUpdates: updates === undefined ? customerUpdate.allowedUpdates : (updates ?? []),
    },
    invoiceHistory: change?.invoice_history?.enabled ?? current.invoiceHistory,
    paymentMethodUpdate: change?.payment_method_update?.enabled ?? current.paymentMethodUpdate,
    subscriptionCancel: {
      enabled: cancel?.enabled ?? subscriptionCancel.enabled,
      mode: cancel?.mode ?? subscriptionCancel.mode,
      prorationBehavior: cancel?.proration_behavior ?? subscriptionCancel.prorationBehavior,
      reasonEnabled: cancel?.cancellation_reason?.enabled ?? subscriptionCancel.reasonEnabled,
      reasonOptions: options === undefined ? subscriptionCancel.reasonOptions : (options ?? []),
    },
  };
}

const shared = {
  business_profile: optional(
    object({
      headline: clearable(string({ maxLength: 60 })),
      privacy_policy_url: clearable(url()),
      terms_of_service_url: clearable(url()),
    }),
  ),
  default_return_url: clearable(url()),
  metadata: metadata(),
  name: clearable(string()),
};
const note = 'customer details, invoices, payment methods and cancelling; no pausing or plan changes';
const featuresMissing = ['subscription_pause', 'subscription_update'];
const returns = { kind: 'billing_portal.configuration', list: false };

export const portalConfigurationRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/billing_portal/configurations',
    fidelity: 'simplified',
    note,
    ownTime: true,
    returns,
    params: { ...shared, features: object(featuresParam, featuresMissing) },
    missing: ['login_page'],
    handle(world, params) {
      const profile = params.business_profile;
      return toStripePortalConfiguration(
        createPortalConfiguration(world, {
          name: params.name ?? null,
          headline: profile?.headline ?? null,
          privacyPolicyUrl: profile?.privacy_policy_url ?? null,
          termsOfServiceUrl: profile?.terms_of_service_url ?? null,
          defaultReturnUrl: params.default_return_url ?? null,
          features: mergeFeatures(nothing, params.features),
          metadata: mergeMetadata({}, params.metadata),
        }),
      );
    },
  }),
  route({
    method: 'GET',
    path: '/v1/billing_portal/configurations/:id',
    fidelity: 'exact',
    returns,
    handle: (world, _params, { id }) => toStripePortalConfiguration(requirePortalConfiguration(world, id)),
  }),
  route({
    method: 'POST',
    path: '/v1/billing_portal/configurations/:id',
    fidelity: 'simplified',
    note,
    ownTime: true,
    returns,
    params: {
      ...shared,
      active: optional(boolean()),
      features: optional(object(featuresParam, featuresMissing)),
    },
    missing: ['login_page'],
    handle(world, params, { id }) {
      const configuration = requirePortalConfiguration(world, id);
      const profile = params.business_profile;
      const pick = <T>(next: T | undefined, current: T): T => (next === undefined ? current : next);
      return toStripePortalConfiguration(
        changePortalConfiguration(world, configuration, {
          active: params.active ?? configuration.active,
          name: pick(params.name, configuration.name),
          headline: pick(profile?.headline, configuration.headline),
          privacyPolicyUrl: pick(profile?.privacy_policy_url, configuration.privacyPolicyUrl),
          termsOfServiceUrl: pick(profile?.terms_of_service_url, configuration.termsOfServiceUrl),
          defaultReturnUrl: pick(params.default_return_url, configuration.defaultReturnUrl),
          features: mergeFeatures(configuration.features, params.features),
          metadata: mergeMetadata(configuration.metadata, params.metadata),
        }),
      );
    },
  }),
  route({
    method: 'GET',
    path: '/v1/billing_portal/configurations',
    fidelity: 'exact',
    returns: { ...returns, list: true },
    params: { ...pageParams, active: optional(boolean()), is_default: optional(boolean()) },
    handle(world, params) {
      const rows = portalConfigurations(world)
        .newestFirst()
        .filter(
          (row) =>
            (params.active === undefined || row.active === params.active) &&
            (params.is_default === undefined || row.isDefault === params.is_default),
        );
      return paginate(rows, params, {
        url: '/v1/billing_portal/configurations',
        noun: 'configuration',
        toStripe: toStripePortalConfiguration,
      });
    },
  }),
];
