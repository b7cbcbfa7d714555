import {
  boolean,
  clearable,
  integer,
  object,
  oneOf,
  optional,
  type Param,
  string,
  timestamp,
  url,
} from '../protocol/params.ts';
import type { LegacyParam } from '../protocol/version.ts';
import { methodData } from './method-params.ts';

/** `off_session`: true, or a word that says what kind of payment without the customer it is. */
const offSessionParam: Param<boolean> = {
  parse: (value, at) => (value === 'one_off' || value === 'recurring' ? true : boolean().parse(value, at)),
  absent: boolean().absent,
};

/** The payer's agreement to later debits; Stripe wants it, the simulator takes it and makes no mandate of it. */
export const mandateData = clearable(
  object({
    customer_acceptance: object({
      type: oneOf(['offline', 'online']),
      accepted_at: optional(timestamp()),
      offline: optional(object({})),
      online: optional(
        object({
          ip_address: optional(string()),
          user_agent: optional(string()),
          infer_from_client: optional(boolean()),
        }),
      ),
    }),
  }),
);

/** What both the creation and the confirmation of an intent say about a try to pay. */
export const attemptParams = {
  payment_method: optional(string()),
  payment_method_data: optional(object(methodData, ['radar_options'])),
  mandate_data: mandateData,
  return_url: optional(url()),
  error_on_requires_action: optional(boolean()),
  off_session: optional(offSessionParam),
  use_stripe_sdk: optional(boolean()),
};

export const automaticMethods = optional(
  object({ enabled: boolean(), allow_redirects: optional(oneOf(['always', 'never'])) }),
);

export const methodTypes = oneOf(
  ['card', 'sepa_debit', 'us_bank_account'],
  [
    'acss_debit',
    'affirm',
    'afterpay_clearpay',
    'alipay',
    'amazon_pay',
    'au_becs_debit',
    'bacs_debit',
    'bancontact',
    'cashapp',
    'customer_balance',
    'eps',
    'ideal',
    'klarna',
    'link',
    'p24',
    'paypal',
    'revolut_pay',
    'wechat_pay',
  ],
);

/** What earlier API versions call `allowed_payment_method_types`. */
export const earlierMethodTypes: LegacyParam = {
  removedIn: '2026-10-28',
  rewrite(form) {
    const types = form.get('payment_method_types');
    if (types === undefined) return;
    form.delete('payment_method_types');
    if (!form.has('allowed_payment_method_types')) form.set('allowed_payment_method_types', types);
  },
};

/** A whole amount of at least one minor unit. */
export const amountParam = integer({ min: 1 });
