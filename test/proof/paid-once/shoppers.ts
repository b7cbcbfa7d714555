import { toBillingError } from '@meterboard/contract';
import type { Meterboard } from '@meterboard/server';
import { BrokenOff } from '../stage/life.ts';
import { topUpOptions } from '../stage/offer.ts';
import type { Random } from '../stage/random.ts';
import { forEachAtOnce } from '../stage/recorder.ts';
import type { Stage } from '../stage/stage.ts';

/** A purchase that a customer has begun. */
interface Begun {
  customerId: string;
  topUpId: string;
}

const packageIds = topUpOptions.packages.map(({ id }) => id).filter((id) => id !== 'month');

/**
 * Customers who begin purchases, pay them in every way or not at all, and look at the page they return to. A call that is
 * broken off is made again under the same attempt, as a browser does.
 */
export function createShoppers(stage: Stage, { createCaller }: Meterboard<undefined>, random: Random) {
  const { customers } = stage.account;
  const { payments } = stage.simulator;
  let count = 0;

  async function insist<T>(call: () => Promise<T>): Promise<T | null> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await call();
      } catch (error) {
        const isBroken =
          error instanceof Error && (error.cause instanceof BrokenOff || error instanceof BrokenOff);
        if (!isBroken) {
          const { code } = toBillingError(error);
          if (code === 'top_up_disabled') return null;
          if (tries > 20) throw error;
        }
      }
    }
  }

  return {
    /** Begins so many, spread over all customers. One who has too many open begins none. */
    async begin(howMany: number): Promise<Begun[]> {
      const begun: Begun[] = [];
      await forEachAtOnce(Array.from({ length: howMany }), 8, async () => {
        count += 1;
        const customerId = customers[count % customers.length]?.id ?? '';
        const input = {
          packageId: random.pick(packageIds),
          attemptId: `attempt-${count}-of-proof`,
          payWith: random.pick(['hosted_page', 'hosted_page', 'embedded_page', 'saved_card'] as const),
        };
        const step = await insist(() => createCaller({ customerId }).topUps.start(input));
        if (step) begun.push({ customerId, topUpId: step.topUpId });
      });
      return begun;
    },

    /** Every twelfth is never paid; bank debits take minutes, and some of them fail. */
    async pay(wave: readonly Begun[]): Promise<void> {
      for (const { topUpId } of wave) {
        const row = await stage.store.db
          .selectFrom('top_up_payments')
          .select(['payment_id', 'kind'])
          .where('top_up_id', '=', topUpId)
          .executeTakeFirst();
        const roll = random.next();
        if (row?.kind !== 'checkout' || row.payment_id === null || roll < 0.08) continue;
        if (roll < 0.2) payments.paySession(row.payment_id, { method: 'pm_card_chargeDeclined' });
        const isDebit = roll > 0.85;
        const fails = roll > 0.97;
        payments.paySession(row.payment_id, {
          method: fails
            ? 'pm_usBankAccount_noAccount'
            : isDebit
              ? 'pm_usBankAccount_success'
              : 'pm_card_visa',
        });
      }
    },

    /** A few come back from the payment page and see how it went. */
    async look(wave: readonly Begun[], share = 0.15): Promise<void> {
      const some = wave.filter(() => random.chance(share));
      await forEachAtOnce(some, 4, ({ customerId, topUpId }) =>
        insist(() => createCaller({ customerId }).topUps.status({ topUpId })),
      );
    },
  };
}
