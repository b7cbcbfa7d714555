import { type StoreBooks, worthOf } from '../stage/judge.ts';
import { keptMinor, readTruth } from '../stage/truth.ts';
import type { HostProcess } from './host-process.ts';
import type { Story } from './steps.ts';
import type { Theatre } from './theatre.ts';

/** A purchase on the stage. */
export interface Scene {
  story: Story;
  customerId: string;
  attemptId: string;
  /** Of the payment page, where the story has one already. */
  sessionId: string | null;
  /** Of the payment, where it is paid already. */
  intentId: string | null;
}

/** Sets the scene: what has to be there before the story begins. What has to be granted is paid here, and settled by the caller. */
export async function setScene(
  theatre: Theatre,
  { story, customerId, attemptId }: Pick<Scene, 'story' | 'customerId' | 'attemptId'>,
): Promise<Scene> {
  const scene: Scene = { story, customerId, attemptId, sessionId: null, intentId: null };
  if (story === 'page' || story === 'charge') return scene;
  const { url } = await theatre.browser(customerId).topUps.start.mutate({ packageId: 'ten', attemptId });
  scene.sessionId = await findPage(theatre, customerId, url);
  if (story === 'refund' || story === 'part refund')
    scene.intentId = theatre.simulator.payments.paySession(scene.sessionId).paymentIntent;
  return scene;
}

/** Begins the story; somewhere on its way the host is killed. */
export async function play(theatre: Theatre, scene: Scene): Promise<void> {
  const { story, customerId, attemptId, sessionId, intentId } = scene;
  const input = { packageId: 'ten', attemptId };
  switch (story) {
    case 'page':
      await theatre.click(customerId, input);
      return;
    case 'charge':
      await theatre.click(customerId, { ...input, payWith: 'saved_card' });
      return;
    case 'grant':
      theatre.simulator.payments.paySession(sessionId ?? '');
      return;
    case 'refund':
    case 'part refund': {
      const amount = story === 'refund' ? {} : { amount: 300 };
      await theatre.client.refunds.create({ payment_intent: intentId ?? '', ...amount });
    }
  }
}

/**
 * What the customer does later, when all has settled: clicks again under the same attempt. There is one page to pay at, and a card is
 * not charged again. Rejects where that is not so.
 */
export async function playAfterwards(
  theatre: Theatre,
  { story, customerId, attemptId }: Scene,
): Promise<void> {
  const input = { packageId: 'ten', attemptId };
  const browser = theatre.browser(customerId);
  if (story === 'charge') {
    await browser.topUps.start.mutate({ ...input, payWith: 'saved_card' });
    return;
  }
  if (story !== 'page') return;
  const { url, topUpId } = await browser.topUps.start.mutate(input);
  const { data } = await theatre.client.checkout.sessions.list({
    customer: customerId,
    status: 'open',
    limit: 100,
  });
  const own = data.filter((session) => session.metadata?.topup_id === topUpId);
  if (own.length !== 1 || own[0]?.url !== url)
    throw new Error(`${own.length} pages of one purchase can be paid.`);
  theatre.simulator.payments.paySession(own[0]?.id ?? '');
}

async function findPage({ client }: Theatre, customer: string, url: string | null): Promise<string> {
  const { data } = await client.checkout.sessions.list({ customer, status: 'open', limit: 100 });
  const page = data.find((session) => session.url === url);
  if (!page) throw new Error('There is no page to pay at.');
  return page.id;
}

/** Whether all purchases of these customers have the credits that their payments are worth, and the store has noticed. */
export async function areAsPaid(
  { client }: Theatre,
  host: HostProcess,
  customerIds: readonly string[],
): Promise<boolean> {
  const { rows } = (await host.ask({ ask: 'books' })) as StoreBooks;
  for (const customerId of customerIds) {
    const truths = await readTruth(client, customerId);
    const areAll = rows
      .filter(({ customer_id }) => customer_id === customerId)
      .every((row) => {
        const truth = truths.get(row.top_up_id) ?? { topUpId: row.top_up_id, payments: [], grants: [] };
        const worth = worthOf(row, truth);
        return keptMinor(truth) === worth && row.credited_minor === worth;
      });
    if (!areAll) return false;
  }
  return true;
}

/** Waits until the host is killed; answers whether it was. */
export async function awaitKill(theatre: Theatre, host: HostProcess, withinMs: number): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = setTimeout(() => late.resolve(false), withinMs);
  const wasKilled = await Promise.race([host.ended.then(() => true as const), late.promise]);
  clearTimeout(timer);
  theatre.disarm();
  if (wasKilled) return true;
  try {
    await theatre.arm(host, {});
    return false;
  } catch {
    // It was killed after all.
    return true;
  }
}
