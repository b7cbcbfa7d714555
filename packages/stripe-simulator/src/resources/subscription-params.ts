import type { ItemChange } from '../billing/change-subscription.ts';
import { invalidRequest } from '../protocol/errors.ts';
import type { FormValue } from '../protocol/form.ts';
import {
  boolean,
  integer,
  mergeMetadata,
  metadata,
  object,
  oneOf,
  optional,
  type Param,
  string,
  timestamp,
} from '../protocol/params.ts';

const when = timestamp();
const endNames = oneOf(['max_period_end', 'min_period_end'], ['max_billed_until']);

/** A second, or one of Stripe's names for an end of the items' periods. */
export const cancelAtParam: Param<number | 'max_period_end' | 'min_period_end'> = {
  parse: (value: FormValue, at: string) =>
    typeof value === 'string' && /^[a-z]/.test(value) ? endNames.parse(value, at) : when.parse(value, at),
  absent: when.absent,
};

/** A second, or `now`. */
export const nowOrTime: Param<number | 'now'> = {
  parse: (value: FormValue, at: string) => (value === 'now' ? 'now' : when.parse(value, at)),
  absent: when.absent,
};

export const quantityParam = integer({ min: 0, max: 999_999_999 });
export const prorationBehavior = oneOf(['always_invoice', 'create_prorations', 'none']);
const notHere = ['billing_thresholds', 'discounts', 'price_data', 'tax_rates', 'current_trial'];

/** An item may name its price by the older name `plan`. */
function planAsPrice<T>(item: Param<T>): Param<T> {
  return {
    absent: item.absent,
    parse(value, at) {
      const plan = value instanceof Map ? value.get('plan') : undefined;
      if (!(value instanceof Map) || plan === undefined || value.has('price')) return item.parse(value, at);
      const renamed = new Map([...value, ['price', plan] as const]);
      renamed.delete('plan');
      return item.parse(renamed, at);
    },
  };
}

/** An item of a subscription that is created. */
export const newItem = planAsPrice(
  object({ price: string(), quantity: optional(quantityParam), metadata: metadata() }, notHere),
);

/** An item of a subscription that is changed: with an id it names one that exists. */
export const changedItem = planAsPrice(
  object(
    {
      id: optional(string()),
      price: optional(string()),
      quantity: optional(quantityParam),
      deleted: optional(boolean()),
      clear_usage: optional(boolean()),
      metadata: metadata(),
    },
    notHere,
  ),
);

/** Where the periods of a new subscription begin, as Stripe's anchor config says it. */
export const anchorConfigParam = object({
  day_of_month: integer({ min: 1, max: 31 }),
  month: optional(integer({ min: 1, max: 12 })),
  hour: optional(integer({ min: 0, max: 23 })),
  minute: optional(integer({ min: 0, max: 59 })),
  second: optional(integer({ min: 0, max: 59 })),
});

export const billingModeParam = object({
  type: oneOf(['flexible', 'classic']),
  flexible: optional(object({ proration_discounts: optional(oneOf(['included'], ['itemized'])) })),
});

export const trialSettingsParam = object({
  end_behavior: object({
    billing_cycle_anchor: optional(oneOf(['now', 'unchanged'])),
    missing_payment_method: optional(oneOf(['cancel', 'create_invoice'], ['pause'])),
  }),
});

const anchorChange = oneOf(['now', 'unchanged']);
const anchorObject = object({ type: anchorChange });
/** What becomes of the anchor: an object with a type, or the bare word of API versions before it. */
export const anchorChangeParam: Param<'now' | 'unchanged'> = {
  parse: (value: FormValue, at: string) =>
    typeof value === 'string' ? anchorChange.parse(value, at) : anchorObject.parse(value, at).type,
  absent: anchorChange.absent,
};

export interface ChangedItem {
  id: string | undefined;
  price: string | undefined;
  quantity: number | undefined;
  deleted: boolean | undefined;
  clear_usage: boolean | undefined;
  metadata: Map<string, string> | null | undefined;
}

/** The change that a parsed item asks for. */
export function toItemChange(item: ChangedItem): ItemChange {
  return {
    id: item.id,
    priceId: item.price,
    quantity: item.quantity,
    deleted: item.deleted,
    clearUsage: item.clear_usage,
    metadata: (current) => mergeMetadata(current, item.metadata),
  };
}

/** The config in the form that the billing code takes. */
export function toAnchorConfig(
  config:
    | {
        day_of_month: number;
        month: number | undefined;
        hour: number | undefined;
        minute: number | undefined;
        second: number | undefined;
      }
    | undefined,
) {
  if (config === undefined) return undefined;
  return {
    dayOfMonth: config.day_of_month,
    month: config.month ?? null,
    hour: config.hour ?? null,
    minute: config.minute ?? null,
    second: config.second ?? null,
  };
}

/** The second at which a trial ends, from the parameters that can say it. */
export function trialEndFrom(
  given: { trial_end: number | 'now' | undefined; trial_period_days?: number | undefined },
  nowSec: number,
): number | undefined {
  if (given.trial_end !== undefined && given.trial_period_days !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: trial_end, trial_period_days.', {
      code: 'parameters_exclusive',
      param: 'trial_end',
    });
  }
  if (given.trial_end === 'now') return nowSec;
  if (given.trial_end !== undefined) return given.trial_end;
  return given.trial_period_days === undefined || given.trial_period_days === 0
    ? undefined
    : nowSec + given.trial_period_days * 86_400;
}
