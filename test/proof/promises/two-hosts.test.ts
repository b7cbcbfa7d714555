import { toBillingError } from '@meterboard/contract';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import {
  createTestDatabase,
  type TestDatabase,
} from '../../../packages/server/src/testing/describe-stores.ts';
import type { HostProcess } from '../crash/host-process.ts';
import { areAsPaid } from '../crash/stories.ts';
import { settle, startTheatre, type Theatre } from '../crash/theatre.ts';

const server = inject('testPostgres');
const why = 'why' in server ? `: skipped, ${server.why}` : '';

describe.skipIf(why !== '')(`two host processes on one PostgreSQL server${why}`, () => {
  let database: TestDatabase;
  let theatre: Theatre;
  let host: HostProcess;
  let customer: string;

  beforeEach(async () => {
    database = await createTestDatabase();
    theatre = await startTheatre({ connectionString: database.connectionString }, { customers: 2, seed: 1 });
    [host] = await Promise.all([theatre.startHost(), theatre.startHost()]);
    customer = theatre.customerIds[0] ?? '';
  }, 120_000);
  afterEach(async () => {
    await theatre.close();
    await database.drop();
  }, 120_000);

  const atOnce = <T>(count: number, work: () => Promise<T>) =>
    Promise.all(Array.from({ length: count }, work));
  const input = { packageId: 'ten', attemptId: 'attempt-of-both' };
  const start = (customerId: string, payWith: 'hosted_page' | 'saved_card') =>
    theatre.browser(customerId).topUps.start.mutate({ ...input, payWith });

  async function judge() {
    await settle(theatre, host, () => areAsPaid(theatre, host, theatre.customerIds));
    const { begun, paid, grants, faults } = await theatre.judge(host);
    return { begun, paid, grants, faults };
  }

  it('make one page, one payment and one grant of a purchase, however start, status and webhook meet', async () => {
    const begun = await atOnce(8, () => start(customer, 'hosted_page'));
    expect(new Set(begun.map(({ url }) => url)).size).toBe(1);
    const { data: sessions } = await theatre.client.checkout.sessions.list({ customer });
    expect(sessions).toHaveLength(1);
    theatre.simulator.webhooks.disturb({ action: 'duplicate', times: 20 });
    theatre.simulator.payments.paySession(sessions[0]?.id ?? '');
    const { topUpId } = begun[0] ?? { topUpId: '' };
    await Promise.all([
      atOnce(6, () => theatre.browser(customer).topUps.status.query({ topUpId })),
      atOnce(4, () => start(customer, 'hosted_page')),
      theatre.simulator.webhooks.settled(),
    ]);
    expect(await judge()).toEqual({ begun: 1, paid: 1, grants: 1, faults: [] });
  }, 120_000);

  it('charge a saved card once for clicks on both', async () => {
    await atOnce(8, () => start(customer, 'saved_card').catch(() => null));
    expect(await judge()).toEqual({ begun: 1, paid: 1, grants: 1, faults: [] });
  }, 120_000);

  it("treat another customer's equal attempt as another purchase, and say nothing of the first", async () => {
    const other = theatre.customerIds[1] ?? '';
    const [first, second] = await Promise.all([start(customer, 'saved_card'), start(other, 'hosted_page')]);
    expect(second.topUpId).not.toBe(first.topUpId);
    expect(second.state).toBe('open');
    const look = theatre.browser(other).topUps.status.query({ topUpId: first.topUpId });
    const refusal = await look.then(
      () => null,
      (error: unknown) => toBillingError(error).code,
    );
    expect(refusal).toBe('not_found');
    const { topUps } = await theatre.browser(other).topUps.history.query({});
    expect(topUps).toEqual([]);
  }, 120_000);
});
