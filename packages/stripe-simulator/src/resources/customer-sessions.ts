import type Stripe from 'stripe';
import { array, boolean, integer, object, oneOf, optional, type Parsed, string } from '../protocol/params.ts';
import { type Route, route } from '../protocol/router.ts';
import type { Wire } from '../wire.ts';
import { requireCustomer } from './customers.ts';

/** How long a client may use the secret. */
const LIFE_SEC = 30 * 60;

const enabled = { enabled: boolean() };
const toggle = optional(oneOf(['disabled', 'enabled']));
const redisplayFilters = optional(array(oneOf(['always', 'limited', 'unspecified'])));

const paymentElement = {
  ...enabled,
  features: optional(
    object({
      payment_method_allow_redisplay_filters: redisplayFilters,
      payment_method_redisplay: toggle,
      payment_method_redisplay_limit: optional(integer({ min: 1, max: 10 })),
      payment_method_remove: toggle,
      payment_method_save: toggle,
      payment_method_save_usage: optional(oneOf(['off_session', 'on_session'])),
    }),
  ),
};

const components = {
  buy_button: optional(object(enabled)),
  customer_sheet: optional(
    object({
      ...enabled,
      features: optional(
        object({
          payment_method_allow_redisplay_filters: redisplayFilters,
          payment_method_remove: toggle,
        }),
      ),
    }),
  ),
  mobile_payment_element: optional(
    object({
      ...enabled,
      features: optional(
        object({
          payment_method_allow_redisplay_filters: redisplayFilters,
          payment_method_redisplay: toggle,
          payment_method_remove: toggle,
          payment_method_save: toggle,
          payment_method_save_allow_redisplay_override: optional(oneOf(['always', 'limited', 'unspecified'])),
        }),
      ),
    }),
  ),
  payment_element: optional(object(paymentElement)),
  pricing_table: optional(object(enabled)),
};
type Components = Parsed<typeof components>;

function toStripeComponents(asked: Components) {
  const sheet = asked.customer_sheet;
  const mobile = asked.mobile_payment_element;
  const element = asked.payment_element;
  return {
    active_entitlements: { enabled: false },
    buy_button: { enabled: asked.buy_button?.enabled ?? false },
    customer_portal: { enabled: false },
    customer_sheet: {
      enabled: sheet?.enabled ?? false,
      features:
        sheet?.enabled === true
          ? {
              payment_method_allow_redisplay_filters: sheet.features
                ?.payment_method_allow_redisplay_filters ?? ['always'],
              payment_method_remove: sheet.features?.payment_method_remove ?? 'enabled',
            }
          : null,
    },
    mobile_payment_element: {
      enabled: mobile?.enabled ?? false,
      features:
        mobile?.enabled === true
          ? {
              payment_method_allow_redisplay_filters: mobile.features
                ?.payment_method_allow_redisplay_filters ?? ['always'],
              payment_method_redisplay: mobile.features?.payment_method_redisplay ?? 'enabled',
              payment_method_remove: mobile.features?.payment_method_remove ?? 'enabled',
              payment_method_save: mobile.features?.payment_method_save ?? 'disabled',
              payment_method_save_allow_redisplay_override:
                mobile.features?.payment_method_save_allow_redisplay_override ?? null,
            }
          : null,
    },
    payment_element: {
      enabled: element?.enabled ?? false,
      features:
        element?.enabled === true
          ? {
              payment_method_allow_redisplay_filters: element.features
                ?.payment_method_allow_redisplay_filters ?? ['always'],
              payment_method_redisplay: element.features?.payment_method_redisplay ?? 'disabled',
              payment_method_redisplay_limit: element.features?.payment_method_redisplay_limit ?? null,
              payment_method_remove: element.features?.payment_method_remove ?? 'disabled',
              payment_method_save: element.features?.payment_method_save ?? 'disabled',
              payment_method_save_usage: element.features?.payment_method_save_usage ?? null,
            }
          : null,
    },
    pricing_table: { enabled: asked.pricing_table?.enabled ?? false },
  } satisfies Wire<Stripe.CustomerSession.Components>;
}

export const customerSessionRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/customer_sessions',
    fidelity: 'simplified',
    note: 'the secret opens nothing here, since there is no Stripe.js; no portal or entitlements',
    ownTime: true,
    returns: { kind: 'customer_session', list: false },
    params: {
      customer: string(),
      components: object(components, ['active_entitlements', 'customer_portal']),
    },
    missing: ['customer_account'],
    handle(world, params) {
      const customer = requireCustomer(world, params.customer);
      const nowSec = world.ownNowSec();
      return {
        object: 'customer_session',
        client_secret: world.ids.next('cuss_secret_', 50),
        components: toStripeComponents(params.components),
        created: nowSec,
        customer: customer.id,
        customer_account: null,
        expires_at: nowSec + LIFE_SEC,
        livemode: false,
      } satisfies Wire<Stripe.CustomerSession>;
    },
  }),
];
