import type { DeclineReason, Money, PayWith, PublicError } from '@meterboard/contract';

/**
 * What happens on the way to a purchase, for the host's analytics. No event holds anything about a card or a person.
 *
 * `started` comes again when the same purchase goes on in another way. `paid`, `granted`, `requires_action` and
 * `ended` come once for each purchase, whichever component noticed first; a purchase that is credited before anyone
 * looked is told as `paid` and then as `granted`. `failed`: the server could not be asked or refused.
 */
export type TopUpEvent =
  | { type: 'opened' }
  | { type: 'package_chosen'; packageId: string | null; price: Money }
  | { type: 'started'; topUpId: string; packageId: string | null; payWith: PayWith }
  | { type: 'declined'; topUpId: string; reason: DeclineReason }
  | { type: 'requires_action'; topUpId: string }
  | { type: 'paid' | 'granted'; topUpId: string; packageId: string | null; price: Money; credit: Money }
  | { type: 'ended'; topUpId: string; state: 'expired' | 'canceled' }
  | { type: 'failed'; code: PublicError['code'] };
