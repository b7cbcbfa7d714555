import { request as openRequest } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeStores } from '../../packages/server/src/testing/describe-stores.ts';
import { fetchMissedEvents } from '../../packages/server/src/webhooks/fetch-missed-events.ts';
import { forgetEvents } from '../../packages/server/src/webhooks/forget-events.ts';
import { listParked } from '../../packages/server/src/webhooks/list-parked.ts';
import { replayEvents } from '../../packages/server/src/webhooks/replay-events.ts';
import { nowMs, snapshotSecret, startWebhookWorld, type WebhookWorld } from './webhook-world.ts';

const dayMs = 86_400_000;

describeStores('webhooks', (store) => {
  let world: WebhookWorld;
  beforeEach(async () => {
    world = await startWebhookWorld(store.open);
  });
  afterEach(() => world.close());

  const event = (change: object = {}) =>
    JSON.stringify({
      id: 'evt_made',
      object: 'event',
      api_version: '2026-10-28.endive',
      created: nowMs / 1000,
      livemode: false,
      type: 'customer.updated',
      data: { object: { object: 'customer', id: 'cus_1' } },
      ...change,
    });
  const send = (change: object = {}) => world.post(event(change), world.sign(event(change)));
  const waitingJobs = async () => {
    const { rows } = await store.open.executeSql(
      "select data->>'eventId' as id from meterboard_jobs.job where name = 'handle_event' and state in ('created', 'retry') order by 1",
    );
    return rows.map((row) => (row as { id: string }).id);
  };

  it('are stored with their job, then acknowledged, and processed after that', async () => {
    world.listen();
    const { pay } = await world.buy('tu_1');
    const order: string[] = [];
    const openInbox = world.openInbox;
    world.openInbox = async () => {
      order.push('stored');
      return openInbox();
    };
    await pay();
    await world.simulator.webhooks.settled();
    const [paid] = world.simulator.webhooks.deliveries({ type: 'checkout.session.completed' });
    expect(paid?.attempts).toMatchObject([{ status: 200 }]);
    expect(await world.stateOf('tu_1')).toBe('open');
    const held = await world.idsOf('received');
    expect(held).toContain(paid?.eventId);
    expect(await waitingJobs()).toEqual(held);
    expect(order.length).toBeGreaterThan(0);

    world.beforeSettle = async () => void order.push('processed');
    await world.work();
    await expect.poll(() => world.idsOf('received'), { timeout: 15_000 }).toEqual([]);
    expect(order.indexOf('processed')).toBe(order.lastIndexOf('stored') + 1);
    expect(await world.stateOf('tu_1')).toBe('paid');
    expect(await world.idsOf('done')).toContain(paid?.eventId);
  });

  it('are not acknowledged before they are stored', async () => {
    let release = (): void => undefined;
    const { openInbox } = world;
    world.openInbox = async () => {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      return openInbox();
    };
    let isAnswered = false;
    const answering = send().finally(() => {
      isAnswered = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([isAnswered, await world.inbox()]).toEqual([false, []]);
    release();
    expect((await answering).status).toBe(200);
    expect(await world.idsOf('received')).toEqual(['evt_made']);
  });

  it('call nobody before they are acknowledged', async () => {
    const { pay } = await world.buy('tu_1');
    await pay();
    world.listen();
    const before = world.simulator.requests.length;
    await world.client.customers.create({ name: 'one more' });
    await world.simulator.webhooks.settled();
    expect((await world.inbox()).map(({ type }) => type)).toEqual(
      expect.arrayContaining(['customer.created', 'v1.customer.created']),
    );
    expect(world.simulator.requests.length - before).toBe(1);
  });

  it('arrive as snapshots and thin on one URL, each with its own secret', async () => {
    world.listen();
    await world.client.customers.create({ name: 'Ada' });
    await world.simulator.webhooks.settled();
    const found = (await world.inbox()).map(({ payload, type, origin }) => [payload, type, origin]);
    expect(found.toSorted()).toEqual([
      ['snapshot', 'customer.created', 'delivery'],
      ['thin', 'v1.customer.created', 'delivery'],
    ]);
    await world.handleAll();
    expect((await world.inbox()).map(({ state, reason }) => [state, reason])).toEqual([
      ['ignored', 'is of a type that the kit has no use for'],
      ['ignored', 'is of a type that the kit has no use for'],
    ]);
  });

  it('count duplicates, and make one row and one job of them, concurrent ones too', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => send()));
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(await world.inbox()).toMatchObject([{ event_id: 'evt_made', deliveries: 8, state: 'received' }]);
    expect(await waitingJobs()).toEqual(['evt_made']);
    await world.handleAll();
    expect((await send()).status).toBe(200);
    expect(await world.inbox()).toMatchObject([{ deliveries: 9, state: 'done' }]);
  });

  it.each([
    ['as they happened', (ids: string[]) => ids],
    ['reversed', (ids: string[]) => ids.toReversed()],
    [
      'shuffled, each twice',
      (ids: string[]) => [...ids, ...ids].toSorted((a, b) => a.slice(-1).localeCompare(b.slice(-1))),
    ],
  ])('lead to the same state when they come %s', async (_, order) => {
    world.simulator.webhooks.pause();
    world.listen();
    const [first, second] = [await world.buy('tu_1'), await world.buy('tu_2')];
    await first.pay();
    await world.simulator.advance(60_000);
    await second.pay();
    const { data } = await world.client.paymentIntents.list({ customer: second.customerId });
    await world.client.refunds.create({ payment_intent: data[0]?.id ?? '' });
    world.simulator.webhooks.configure({ order: order(['1', '2'])[0] === '1' ? 'emitted' : 'reversed' });
    world.simulator.webhooks.resume();
    await world.simulator.webhooks.settled();
    await world.handleAll(order);
    expect([await world.stateOf('tu_1'), await world.stateOf('tu_2')]).toEqual(['paid', 'refunded']);
    expect(await world.idsOf('received')).toEqual([]);
    expect(await world.idsOf('parked')).toEqual([]);
  });

  it('of refunds and disputes find their top-up by its intent, also where the store does not know the intent yet', async () => {
    const { pay, customerId } = await world.buy('tu_1');
    await pay();
    const { data } = await world.client.paymentIntents.list({ customer: customerId });
    world.listen();
    await world.client.refunds.create({ payment_intent: data[0]?.id ?? '' });
    await world.simulator.webhooks.settled();
    const refund = (await world.inbox()).find(({ type }) => type === 'refund.created');
    await world.handle({ eventId: refund?.event_id ?? '' }, { isLast: false });
    expect(await world.stateOf('tu_1')).toBe('refunded');
    const before = world.simulator.requests.callCount({ path: `/v1/payment_intents/${data[0]?.id}` });
    await replayEvents(world, { sinceMs: 0, includeDone: true });
    await world.handle({ eventId: refund?.event_id ?? '' }, { isLast: false });
    expect(world.simulator.requests.callCount({ path: `/v1/payment_intents/${data[0]?.id}` })).toBe(before);
  });

  it('are taken under the old and the new secret while one is rolled', async () => {
    const { snapshotId } = world.listen();
    const fresh = world.simulator.webhooks.rollSecret(snapshotId, { keepOldForSec: 3_600 });
    await world.client.customers.create({ name: 'during' });
    await world.simulator.webhooks.settled();
    world.secrets = [fresh, ...world.secrets];
    await world.client.customers.create({ name: 'both known' });
    await world.simulator.advance(2 * 3_600_000);
    await world.client.customers.create({ name: 'after' });
    await world.simulator.webhooks.settled();
    const names = (await world.inbox())
      .filter(({ payload }) => payload === 'snapshot')
      .map(({ body }) => JSON.parse(body).data.object.name);
    expect(names.toSorted()).toEqual(['after', 'both known', 'during']);
    world.secrets = [snapshotSecret];
    expect((await world.post(event(), world.sign(event(), fresh))).status).toBe(400);
  });

  it.each([
    ['forged', () => world.sign(event(), 'whsec_guessed'), /No signing secret fits/],
    ['unsigned', () => null, /no Stripe-Signature header/],
    [
      'sent again after six minutes',
      () => {
        const timestamp = nowMs / 1000 - 360;
        return world.client.webhooks.generateTestHeaderString({
          payload: event(),
          secret: snapshotSecret,
          timestamp,
        });
      },
      /older than 300 seconds/,
    ],
  ])(
    'that are %s are refused, leave nothing, and one line in the log however often',
    async (_, signature, words) => {
      for (let n = 0; n < 5; n += 1) {
        expect(await world.post(event(), signature())).toMatchObject({
          status: 400,
          words: expect.stringMatching(words),
        });
      }
      expect(await world.inbox()).toEqual([]);
      expect(world.log.lines).toEqual([expect.stringMatching(words)]);
      expect(world.log.lines.join()).not.toMatch(/whsec_(of|guessed)/);
      await world.simulator.advance(61_000);
      await world.post(event(), world.sign(event(), 'whsec_guessed'));
      expect(world.log.lines[1]).toContain('"moreBefore":4');
    },
  );

  it('whose body was changed on the way are refused', async () => {
    expect((await world.post(event({ livemode: true }), world.sign(event()))).status).toBe(400);
    expect((await world.post(`${event()}\n`, world.sign(event()))).status).toBe(400);
    expect(await world.inbox()).toEqual([]);
  });

  it.each([
    ['with its length', true],
    ['in pieces, without end', false],
  ])('of 10 MB, sent %s, are refused with 413 and not read to their end', async (_, isAnnounced) => {
    const size = 10_000_000;
    let sentBytes = 0;
    const status = await new Promise((resolve, reject) => {
      const headers = { 'stripe-signature': 't=1,v1=x', ...(isAnnounced ? { 'content-length': size } : {}) };
      const outgoing = openRequest(world.url, { method: 'POST', headers }, (answer) => {
        resolve(answer.statusCode);
        answer.resume();
        outgoing.destroy();
      });
      outgoing.on('error', reject);
      const piece = Buffer.alloc(50_000, 'x');
      const write = (): void => {
        if (outgoing.destroyed || sentBytes >= size) return;
        sentBytes += piece.length;
        outgoing.write(piece, () => setTimeout(write, 1));
      };
      write();
    });
    expect(status).toBe(413);
    expect(sentBytes).toBeLessThan(size);
    expect(await world.inbox()).toEqual([]);
    expect((await send()).status).toBe(200);
  });

  it('that are no events are refused, although they are signed', async () => {
    for (const body of ['{', '[]', '"x"', '{"object":"charge"}', event({ id: null }), event({ type: 7 })]) {
      expect((await world.post(body, world.sign(body))).status).toBe(400);
    }
    expect(await world.inbox()).toEqual([]);
  });

  it('are posted, and nothing else is answered there', async () => {
    const answer = await fetch(world.url);
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
    world.secrets = [];
    expect(await send()).toMatchObject({
      status: 404,
      words: expect.stringMatching(/webhooks.secrets is empty/),
    });
    expect(world.log.lines).toHaveLength(1);
  });

  it('are not acknowledged while the store is down, except the one that invoices wait for', async () => {
    const { openInbox } = world;
    world.openInbox = () => Promise.reject(new Error('connect ECONNREFUSED'));
    expect((await send()).status).toBe(503);
    expect((await send({ id: 'evt_invoice', type: 'invoice.created' })).status).toBe(200);
    expect(world.log.lines.join()).toContain('ECONNREFUSED');
    world.openInbox = openInbox;
    expect((await send()).status).toBe(200);
    expect(await world.idsOf('received')).toEqual(['evt_made']);
  });

  it('are there with their job or not at all', async () => {
    const { openInbox } = world;
    world.openInbox = async () => ({
      db: world.db,
      jobs: { send: () => Promise.reject(new Error('the queue is full')) },
    });
    expect((await send()).status).toBe(503);
    expect(await world.inbox()).toEqual([]);
    world.openInbox = openInbox;
    expect((await send()).status).toBe(200);
    expect(await waitingJobs()).toEqual(['evt_made']);
  });

  it('of live mode are kept and ignored by a store of test mode', async () => {
    expect((await send({ livemode: true })).status).toBe(200);
    expect(await world.inbox()).toMatchObject([
      { state: 'ignored', livemode: true, reason: expect.stringContaining('other mode') },
    ]);
    expect(await waitingJobs()).toEqual([]);
    await replayEvents(world, { sinceMs: 0 });
    await world.handleAll();
    expect(await world.idsOf('ignored')).toEqual(['evt_made']);
  });

  it('S2-6: of a customer or top-up that the store does not know are kept, acknowledged and shown to the operator', async () => {
    world.listen();
    const { pay } = await world.buy('tu_elsewhere', { stored: false });
    await pay();
    await world.simulator.webhooks.settled();
    await world.handleAll();
    const parked = await listParked(world.db);
    expect(parked.map(({ type }) => type)).toContain('checkout.session.completed');
    expect(new Set(parked.map(({ state, reason }) => `${state}: ${reason}`))).toEqual(
      new Set(['ignored: names a top-up that this store does not know']),
    );
    expect(world.settled).toEqual([]);

    const { queued } = await replayEvents(world, { sinceMs: 0, types: ['checkout.session.completed'] });
    expect(queued).toBe(1);
    await world.handleAll();
    expect((await listParked(world.db)).length).toBe(parked.length);
  });

  it('that name a top-up have it asked about its own payments, and are not believed', async () => {
    await world.buy('tu_1');
    const object = {
      object: 'checkout.session',
      id: 'cs_other',
      payment_status: 'paid',
      metadata: { topup_id: 'tu_1' },
    };
    await send({ type: 'checkout.session.completed', data: { object } });
    await world.handleAll();
    expect([await world.stateOf('tu_1'), world.settled]).toEqual(['open', ['tu_1']]);
  });

  it('S3-14: whose handling fails twice and then works have their effect once', async () => {
    const { pay } = await world.buy('tu_1');
    await pay();
    let failures = 0;
    world.beforeSettle = async () => {
      failures += 1;
      if (failures <= 2) throw new Error('Stripe is down');
    };
    const object = { object: 'payment_intent', id: 'pi_1', metadata: { topup_id: 'tu_1' } };
    await send({ type: 'payment_intent.succeeded', data: { object } });
    await world.work();
    const hurry = setInterval(() => {
      void store.open.executeSql("update meterboard_jobs.job set start_after = now() where state = 'retry'");
    }, 100);
    try {
      await expect.poll(() => world.idsOf('done'), { timeout: 20_000 }).toEqual(['evt_made']);
    } finally {
      clearInterval(hurry);
    }
    expect([failures, world.settled, await world.stateOf('tu_1')]).toEqual([3, ['tu_1'], 'paid']);
    expect(await world.inbox()).toMatchObject([{ tries: 3, reason: null }]);
  });

  it('S3-14: that can never be handled are parked after their last try, shown, and can be replayed', async () => {
    await world.buy('tu_1');
    world.beforeSettle = () => Promise.reject(new Error('poison'));
    const object = { object: 'payment_intent', id: 'pi_1', metadata: { topup_id: 'tu_1' } };
    await send({ type: 'payment_intent.succeeded', data: { object } });
    const job = { eventId: 'evt_made' };
    await expect(world.handle(job, { isLast: false })).rejects.toThrow('poison');
    expect(await world.inbox()).toMatchObject([{ state: 'received', tries: 1, reason: 'poison' }]);
    await world.handle(job, { isLast: true });
    expect(await listParked(world.db)).toMatchObject([
      { eventId: 'evt_made', state: 'parked', tries: 2, reason: 'poison' },
    ]);
    expect(world.log.lines).toEqual([
      expect.stringMatching(/^error An event could not be handled and is parked/),
    ]);
    await world.handle(job, { isLast: true });
    expect(world.log.lines).toHaveLength(1);

    world.beforeSettle = async () => undefined;
    expect(await replayEvents(world, { sinceMs: nowMs })).toMatchObject({
      queued: 1,
      byState: { parked: 1 },
    });
    expect(await waitingJobs()).toEqual(['evt_made']);
    await world.handleAll();
    expect([await world.idsOf('done'), await listParked(world.db)]).toEqual([['evt_made'], []]);
  });

  it('stay done when another try of the same event fails later', async () => {
    await world.buy('tu_1');
    const object = { object: 'payment_intent', id: 'pi_1', metadata: { topup_id: 'tu_1' } };
    await send({ type: 'payment_intent.succeeded', data: { object } });
    const job = { eventId: 'evt_made' };
    world.beforeSettle = async () => {
      world.beforeSettle = async () => undefined;
      await world.handle(job, { isLast: false });
      throw new Error('too late to matter');
    };
    await expect(world.handle(job, { isLast: false })).rejects.toThrow('too late');
    expect(await world.inbox()).toMatchObject([{ state: 'done', reason: null }]);
  });

  it('S3-14: other events are handled while one fails', async () => {
    await world.buy('tu_bad');
    const { pay } = await world.buy('tu_good');
    await pay();
    world.beforeSettle = async (topUpId) => {
      if (topUpId === 'tu_bad') throw new Error('poison');
    };
    for (const topUpId of ['tu_bad', 'tu_good']) {
      const object = { object: 'payment_intent', id: 'pi_1', metadata: { topup_id: topUpId } };
      await send({ id: `evt_${topUpId}`, type: 'payment_intent.succeeded', data: { object } });
    }
    await world.work();
    await expect.poll(() => world.stateOf('tu_good'), { timeout: 15_000 }).toBe('paid');
    expect(await world.idsOf('received')).toEqual(['evt_tu_bad']);
  });

  it('that never came are fetched by the sweep, once, and the cursor moves only when all are stored', async () => {
    const { pay } = await world.buy('tu_1');
    await pay();
    await world.simulator.advance(2 * 3_600_000);
    const parts = { db: world.db, jobs: world.jobs, events: world.events, ...world.parts };
    const broken = { ...parts, jobs: { send: () => Promise.reject(new Error('the queue is full')) } };
    await expect(fetchMissedEvents(broken)).rejects.toThrow('the queue is full');
    const cursor = () => world.db.selectFrom('cursors').select('at_ms').execute();
    expect(await cursor()).toEqual([]);

    const found = await fetchMissedEvents(parts);
    expect(found.missed).toBeGreaterThan(0);
    expect(found.missed).toBe(found.listed);
    expect(await cursor()).toEqual([{ at_ms: world.simulator.nowMs() }]);
    expect(new Set((await world.inbox()).map(({ origin, deliveries }) => `${origin} ${deliveries}`))).toEqual(
      new Set(['sweep 0']),
    );
    await world.handleAll();
    expect(await world.stateOf('tu_1')).toBe('paid');

    expect(await fetchMissedEvents(parts)).toMatchObject({ missed: 0, requeued: 0 });
    const [first] = await world.inbox();
    expect((await world.post(first?.body ?? '', world.sign(first?.body ?? ''))).status).toBe(200);
    expect((await world.inbox())[0]).toMatchObject({ origin: 'sweep', deliveries: 1, state: first?.state });
  });

  it('whose job was lost are queued again by the sweep', async () => {
    await send();
    await store.open.executeSql("delete from meterboard_jobs.job where name = 'handle_event'");
    const parts = { db: world.db, jobs: world.jobs, events: world.events, ...world.parts };
    expect((await fetchMissedEvents(parts)).requeued).toBe(0);
    await world.simulator.advance(7 * 3_600_000);
    expect((await fetchMissedEvents(parts)).requeued).toBe(1);
    expect(await waitingJobs()).toEqual(['evt_made']);
  });

  it('are forgotten after 90 days, and those that still want handling after 400', async () => {
    await send({ id: 'evt_done' });
    await send({ id: 'evt_parked' });
    await world.handle({ eventId: 'evt_done' }, { isLast: false });
    await world.db
      .updateTable('webhook_events')
      .set({ state: 'parked' })
      .where('event_id', '=', 'evt_parked')
      .execute();
    const forget = (days: number, keepDays?: number) =>
      forgetEvents(world.db, { nowMs: nowMs + days * dayMs, ...(keepDays ? { keepDays } : {}) });
    expect(await forget(90)).toBe(0);
    expect(await forget(31, 30)).toBe(1);
    expect(await world.idsOf('parked')).toEqual(['evt_parked']);
    expect([await forget(400), await forget(401)]).toEqual([0, 1]);
  });
});
