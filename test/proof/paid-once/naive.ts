import type { Recorded } from '../stage/recorder.ts';

/** How much a handler credited in all, in minor units, by its name. */
export type NaiveBalances = Record<'each event' | 'each event id' | 'claim first', number>;

const tellsOfMoney =
  /^(checkout\.session\.(completed|async_payment_succeeded)|payment_intent\.succeeded|charge\.succeeded)$/;

/**
 * Three handlers as they are found in the field, fed the very deliveries that the kit gets: one credits on every event of a paid
 * payment; one in a transaction with the event's unique id; one claims the payment when its session completes and credits
 * afterwards, which a crash in between loses. The rival keeps its books in memory: transactions of one thread are never torn.
 */
export function createNaive() {
  const credited: NaiveBalances = { 'each event': 0, 'each event id': 0, 'claim first': 0 };
  const eventIds = new Set<string>();
  const claims = new Set<string>();
  return {
    credited,
    /** `crashes`: the process ends in the middle of this delivery, and Stripe sends it again. */
    deliver({ eventId, type, body }: Recorded, crashes: boolean): void {
      if (!tellsOfMoney.test(type)) return;
      const { object } = JSON.parse(body).data;
      const creditMinor = Number(object.metadata.credit_minor);
      if (!(creditMinor > 0) || object.payment_status === 'unpaid') return;
      credited['each event'] += creditMinor;
      // It had its effect before it could say so.
      if (crashes) credited['each event'] += creditMinor;
      if (!eventIds.has(eventId)) {
        eventIds.add(eventId);
        credited['each event id'] += creditMinor;
      }
      if (!type.startsWith('checkout.') || claims.has(object.id)) return;
      claims.add(object.id);
      if (!crashes) credited['claim first'] += creditMinor;
    },
  };
}
