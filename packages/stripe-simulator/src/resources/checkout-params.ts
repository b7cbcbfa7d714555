import { invalidRequest } from '../protocol/errors.ts';
import { array, boolean, metadata, object, oneOf, optional, string } from '../protocol/params.ts';
import type { World } from '../world.ts';
import { requireCustomer } from './customers.ts';
import { paymentShippingParam } from './shipping.ts';

/** What Stripe takes and the simulator lacks. */
export const missing = [
  'after_expiration',
  'billing_address_collection',
  'branding_settings',
  'consent_collection',
  'custom_fields',
  'custom_text',
  'customer_account',
  'excluded_payment_method_types',
  'managed_payments',
  'name_collection',
  'optional_items',
  'origin_context',
  'payment_method_collection',
  'payment_method_configuration',
  'payment_method_data',
  'payment_method_options',
  'permissions',
  'setup_intent_data',
  'shipping_address_collection',
  'shipping_options',
  'subscription_data',
  'tax_id_collection',
  'wallet_options',
];

export const savedMethods = object({
  allow_redisplay_filters: optional(array(oneOf(['always', 'limited', 'unspecified']))),
  payment_method_remove: optional(oneOf(['disabled', 'enabled'])),
  payment_method_save: optional(oneOf(['disabled', 'enabled'])),
});

/** What can be said to be on or off. */
export const switched = optional(object({ enabled: boolean() }));
export const automaticTax = optional(object({ enabled: boolean() }, ['liability']));
/** What the page may write to the customer; it asks for none of it here. */
export const customerUpdate = optional(
  object({
    address: optional(oneOf(['auto', 'never'])),
    name: optional(oneOf(['auto', 'never'])),
    shipping: optional(oneOf(['auto', 'never'])),
  }),
);
/** At most one, by the id of a coupon or of a promotion code. */
export const discounts = optional(
  array(object({ coupon: optional(string()), promotion_code: optional(string()) }), { max: 1 }),
);

/** What can only be said to be off. */
export const switchedOff = optional(object({ enabled: oneOf(['false'], ['true']) }, ['liability']));

interface EndingParams {
  ui_mode: 'embedded_page' | 'hosted_page' | undefined;
  success_url: string | undefined;
  cancel_url: string | undefined;
  return_url: string | undefined;
  redirect_on_completion: 'always' | 'if_required' | 'never' | undefined;
}

/** Where the browser goes at the end: each way of showing the page has its own parameters. */
export function endingOf(params: EndingParams) {
  const uiMode = params.ui_mode ?? 'hosted_page';
  const refuse = (param: keyof EndingParams, why: string): void => {
    if (params[param] !== undefined) throw invalidRequest(`\`${param}\` ${why}.`, { param });
  };
  const need = (param: 'return_url' | 'success_url'): string => {
    const value = params[param];
    if (value !== undefined) return value;
    throw invalidRequest(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
  };
  if (uiMode === 'hosted_page') {
    refuse('return_url', 'can only be used with `ui_mode` set to `embedded_page`, `elements` or `form`');
    refuse('redirect_on_completion', 'can only be used with `ui_mode` set to `embedded_page`');
    return {
      uiMode,
      successUrl: need('success_url'),
      cancelUrl: params.cancel_url ?? null,
      redirectOnCompletion: 'always' as const,
    };
  }
  refuse('success_url', 'cannot be used with `ui_mode` set to `embedded_page`; use `return_url`');
  refuse('cancel_url', 'cannot be used with `ui_mode` set to `embedded_page`');
  const redirectOnCompletion = params.redirect_on_completion ?? 'always';
  if (redirectOnCompletion === 'never')
    refuse('return_url', 'cannot be used with `redirect_on_completion` set to `never`');
  return {
    uiMode,
    successUrl: redirectOnCompletion === 'never' ? null : need('return_url'),
    cancelUrl: null,
    redirectOnCompletion,
  };
}

export const invoiceCreation = optional(
  object({
    enabled: boolean(),
    invoice_data: optional(
      object({ description: optional(string({ maxLength: 1_500 })), metadata: metadata() }, [
        'account_tax_ids',
        'custom_fields',
        'footer',
        'issuer',
        'rendering_options',
      ]),
    ),
  }),
);

export const intentData = optional(
  object(
    {
      description: optional(string({ maxLength: 1_000 })),
      metadata: metadata(),
      receipt_email: optional(string()),
      setup_future_usage: optional(oneOf(['off_session', 'on_session'])),
      shipping: optional(paymentShippingParam),
      statement_descriptor: optional(string({ maxLength: 22 })),
    },
    [
      'application_fee_amount',
      'capture_method',
      'on_behalf_of',
      'statement_descriptor_suffix',
      'transfer_data',
      'transfer_group',
    ],
  ),
);

interface CustomerParams {
  customer: string | undefined;
  customer_email: string | undefined;
  customer_update: ReturnType<typeof customerUpdate.parse>;
  automatic_tax: ReturnType<typeof automaticTax.parse>;
}

/**
 * Throws Stripe's 400 for an unknown customer, for what only goes with one or without one, and for a tax whose place
 * nobody could know: neither has the customer an address, nor may the page write one to it.
 */
export function checkCustomer(world: World, params: CustomerParams): void {
  const { customer: customerId, customer_update: update } = params;
  if (customerId === undefined) {
    if (update === undefined) return;
    throw invalidRequest('`customer_update` can only be used with `customer`.', { param: 'customer_update' });
  }
  if (params.customer_email !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: customer, customer_email.', {
      code: 'parameters_exclusive',
      param: 'customer',
    });
  }
  const { address, shipping } = requireCustomer(world, customerId);
  const located = (address ?? shipping?.address)?.country != null;
  const asks = update?.address === 'auto' || update?.shipping === 'auto';
  if (params.automatic_tax?.enabled !== true || located || asks) return;
  throw invalidRequest(
    "Automatic tax calculation in Checkout requires a valid address on the Customer. Add a valid address to the Customer or set either `customer_update[address]` to 'auto' or `customer_update[shipping]` to 'auto' to save the address entered in Checkout to the Customer.",
    { code: 'customer_tax_location_invalid', param: 'customer' },
  );
}
