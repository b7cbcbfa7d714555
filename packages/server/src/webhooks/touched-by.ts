import type { RawProviderEvent } from '../gateway.ts';
import type { Touched } from '../gateways/cached.ts';

/** What of the readings an event may have overtaken; `null`: none of them. */
export function touchedBy({ type, customerId }: RawProviderEvent): Touched | null {
  if (/^billing\.meter\./.test(type)) return { what: 'definitions' };
  if (!/^(customer|invoice|credit_note|billing\.credit)\b/.test(type)) return null;
  // One that does not say whose it is may be anybody's.
  return customerId === null ? { what: 'billing' } : { customerId, what: 'billing' };
}
