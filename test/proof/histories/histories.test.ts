import { expect, it } from 'vitest';
import { describeStores } from '../../../packages/server/src/testing/describe-stores.ts';
import type { Operation } from './operations.ts';
import { historiesOfRun, runHistories } from './row.ts';
import { runHistory } from './run-history.ts';

const page: Operation = { kind: 'start', customer: 1, what: 0, way: 'hosted_page' };
const pay: Operation = { kind: 'pay', topUp: 0, method: 'pm_card_visa' };
const work: Operation = { kind: 'work is done' };
const refund = (percent: number): Operation => ({ kind: 'refund', topUp: 0, percent });
const voidInvoice: Operation = { kind: 'void invoice', customer: 1 };

/** All of the credits are used on an invoice that is not paid yet. */
const useAll: Operation[] = [
  page,
  pay,
  work,
  { kind: 'use', customer: 1, units: 1_600 },
  { kind: 'period ends', afterMs: 2 * 3_600_000 },
];

/** Histories that once ended badly, by what went wrong. */
const regressions: [string, Operation[]][] = [
  [
    'what a voided invoice gives back to credits that were taken back is told',
    [...useAll, refund(100), work, voidInvoice, work],
  ],
  [
    'what a voided invoice gives back to credits that were taken back for a part is given anew',
    [...useAll, refund(50), work, voidInvoice, work],
  ],
  [
    'a refund that fails after the invoice was voided restores all credits',
    [...useAll, refund(100), work, voidInvoice, work, { kind: 'refund fails', refund: 0 }, work],
  ],
  [
    'a dispute that is won after the invoice was voided restores all credits',
    [
      ...useAll,
      { kind: 'dispute', topUp: 0, as: 'fraudulent', percent: 100 },
      work,
      voidInvoice,
      work,
      { kind: 'dispute ends', dispute: 0, verdict: 'won' },
      work,
    ],
  ],
  [
    'the same without any webhook',
    [
      ...useAll,
      refund(50),
      work,
      { kind: 'webhooks', are: 'dropped' },
      voidInvoice,
      { kind: 'time passes', ms: 3 * 3_600_000 },
      { kind: 'sweep' },
    ],
  ],
];

describeStores('R4', (store) => {
  it.each(regressions)('%s', async (_, history) => {
    expect((await runHistory(store.open, history)).faults).toEqual([]);
  });

  it('any history of payments, refunds, disputes and disorder ends with the credits that it is worth', async () => {
    const run = store.kind === 'embedded' ? 10_000 : 10_001;
    const { figure, faults, counts } = await runHistories(store.open, historiesOfRun(run, 25, 12));
    expect(faults).toEqual([]);
    console.info(
      `R4 histories that end well: ${figure.toFixed(6)} (${store.kind}, 25 histories, ${counts.operations} operations, ${counts.paid} payments, ${counts.refunds} refunds, ${counts.disputes} disputes, ${counts.deaths} deaths)`,
    );
  }, 240_000);
});
