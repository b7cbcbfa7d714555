import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refusalOf } from './stripe-world.ts';
import {
  dayMs,
  holdFirst,
  hourMs,
  isCharge,
  isPage,
  leaseMs,
  lose,
  minuteMs,
  startTopUpWorld,
  type TopUpWorld,
} from './top-up-world.ts';

let world: TopUpWorld;
beforeEach(async () => {
  world = await startTopUpWorld();
});
afterEach(() => world.close());

describe('a page that cannot be closed', () => {
  it('gets no second payment beside it, and what is paid there is credited once', async () => {
    await world.saveCard();
    const page = await world.start({ payWith: 'hosted_page' });
    world.simulator.faults.failNext({ path: /expire$/, method: 'POST', status: 400, times: 1 });
    expect((await refusalOf(world.oneClick())).code).toBe('provider_unavailable');
    expect((await world.sessions()).map(({ status }) => status)).toEqual(['open']);
    expect(await world.charged()).toBe(0);
    await world.pay();
    expect(await world.oneClick()).toMatchObject({ topUpId: page.topUpId, state: 'granted' });
    await world.sweep();
    expect([await world.charged(), await world.given(), (await world.grants()).length]).toEqual([1, 1000, 1]);
    expect(await world.stuck()).toEqual([]);
  });

  it('gives way to the card once it can be closed', async () => {
    await world.saveCard();
    await world.start({ payWith: 'hosted_page' });
    world.simulator.faults.failNext({ path: /expire$/, method: 'POST', status: 400, times: 1 });
    await refusalOf(world.oneClick());
    expect((await world.oneClick()).state).toBe('granted');
    expect((await world.sessions()).map(({ status }) => status)).toEqual(['expired']);
    await expect(world.pay()).rejects.toThrow('has expired');
    expect([await world.charged(), await world.given()]).toEqual([1, 1000]);
  });
});

describe('a charge that is on its way', () => {
  it('is left alone by every other click: one request, one charge', async () => {
    await world.saveCard();
    const late = holdFirst(world.wire, isCharge);
    const slow = world.oneClick();
    await late.arrived;
    const others = await Promise.all([world.oneClick(), world.oneClick()]);
    await world.simulator.advance(2 * minuteMs);
    others.push(await world.oneClick());
    expect(others.map(({ state }) => state)).toEqual(['processing', 'processing', 'processing']);
    await world.sweep();
    expect(late.keys).toHaveLength(1);
    late.release();
    expect((await slow).state).toBe('granted');
    expect([await world.charged(), await world.given(), (await world.grants()).length]).toEqual([1, 1000, 1]);
  });

  it('lets no page be opened beside it', async () => {
    await world.saveCard();
    const late = holdFirst(world.wire, isCharge);
    const slow = world.oneClick();
    await late.arrived;
    expect(await world.start({ payWith: 'hosted_page' })).toMatchObject({ state: 'processing', url: null });
    expect(await world.sessions()).toEqual([]);
    late.release();
    await slow;
    expect(await world.charged()).toBe(1);
  });

  it('is one with the same click made again under its key, whichever arrives first', async () => {
    await world.saveCard();
    const late = holdFirst(world.wire, isCharge);
    const slow = world.oneClick();
    await late.arrived;
    await world.simulator.advance(leaseMs);
    expect((await world.oneClick()).state).toBe('granted');
    expect(late.keys).toEqual(['pay:1', 'pay:1']);
    late.release();
    expect((await slow).state).toBe('granted');
    await world.sweep();
    expect([await world.charged(), await world.given(), (await world.grants()).length]).toEqual([1, 1000, 1]);
    expect(await world.stuck()).toEqual([]);
  });

  it.each(['answered to its sender', 'lost on the way back'])(
    'and arrives after all beside the next one, %s, is told to the operator and credits once',
    async (ending) => {
      await world.saveCard();
      const late = holdFirst(world.wire, isCharge, (count) => (count === 2 ? 503 : undefined));
      if (ending === 'lost on the way back') late.loseItsAnswer();
      const slow = world.oneClick();
      await late.arrived;
      await world.simulator.advance(leaseMs);
      expect((await world.oneClick()).state).toBe('processing');
      await world.simulator.advance(leaseMs);
      const { topUpId } = await world.oneClick();
      expect((await world.status(topUpId)).state).toBe('granted');
      expect(late.keys).toEqual(['pay:1', 'pay:1', 'pay:2']);
      late.release();
      await slow;
      await world.status(topUpId);
      expect([await world.charged(), await world.given(), (await world.grants()).length]).toEqual([
        2, 1000, 1,
      ]);
      expect(await world.stuck()).toMatchObject([{ topUpId, stuck: 'paid_twice', state: 'granted' }]);
    },
  );

  it('and arrives after all beside the next one is found without anybody asking', async () => {
    await world.saveCard();
    const late = holdFirst(world.wire, isCharge, (count) => (count === 2 ? 503 : undefined));
    late.loseItsAnswer();
    const slow = world.oneClick();
    await late.arrived;
    await world.simulator.advance(leaseMs);
    await world.oneClick();
    await world.simulator.advance(leaseMs);
    const { topUpId } = await world.oneClick();
    late.release();
    await slow.catch(() => undefined);
    for (let n = 0; n < 3; n += 1) {
      await world.simulator.advance(hourMs);
      await world.sweep();
    }
    expect([await world.charged(), await world.given()]).toEqual([2, 1000]);
    expect(await world.stuck()).toMatchObject([{ topUpId, stuck: 'paid_twice' }]);
  });
});

describe('a charge that never arrived', () => {
  beforeEach(async () => {
    await world.saveCard();
  });

  it('is not known for three minutes; then the same click is made again under the same key', async () => {
    const lost = lose(world.wire, isCharge);
    const first = await world.oneClick();
    lost.stop();
    const sent = lost.keys.length;
    expect([first.state, (await world.oneClick()).state]).toEqual(['processing', 'processing']);
    expect(lost.keys).toHaveLength(sent);
    await world.simulator.advance(leaseMs);
    expect(await world.status(first.topUpId)).toMatchObject({ state: 'open', declined: 'try_again' });
    expect((await world.oneClick()).state).toBe('granted');
    expect([lost.keys.length, new Set(lost.keys)]).toEqual([sent + 1, new Set(['pay:1'])]);
    expect([await world.charged(), await world.given(), (await world.grants()).length]).toEqual([1, 1000, 1]);
  });

  it('can be paid at a page instead', async () => {
    const lost = lose(world.wire, isCharge);
    const first = await world.oneClick();
    lost.stop();
    await world.simulator.advance(leaseMs);
    const page = await world.start({ payWith: 'hosted_page' });
    expect(page).toMatchObject({ topUpId: first.topUpId, state: 'open', declined: null });
    await world.pay();
    expect((await world.status(page.topUpId)).state).toBe('granted');
    expect([await world.charged(), await world.given(), (await world.grants()).length]).toEqual([1, 1000, 1]);
  });

  it('is never charged by a sweep, and ends by itself when nobody clicks again', async () => {
    const lost = lose(world.wire, isCharge);
    const { topUpId } = await world.oneClick();
    lost.stop();
    const sent = lost.keys.length;
    for (let n = 0; n < 40; n += 1) {
      await world.simulator.advance(dayMs);
      await world.sweep();
    }
    expect((await world.status(topUpId)).state).toBe('expired');
    expect([lost.keys.length, await world.charged(), await world.given()]).toEqual([sent, 0, 0]);
    expect(await world.stuck()).toEqual([]);
  });
});

describe('a page asked for under a key that stands for other options', () => {
  it('becomes the next page, and the first one is closed when it surfaces', async () => {
    // The answer is lost, and the provider's lists do not have the page yet.
    let isHidden = true;
    world.wire.afterEffect = (request) => (isPage(request) && isHidden ? 0 : undefined);
    world.wire.rewrite = (request, body) =>
      isHidden && request.method === 'GET' && request.url?.startsWith('/v1/checkout/sessions?')
        ? JSON.stringify({ ...JSON.parse(body), data: [], has_more: false })
        : body;
    expect((await refusalOf(world.start())).code).toBe('provider_unavailable');
    world.wire.afterEffect = () => undefined;
    const page = await world.host({ promotionCodes: true }).start();
    expect(page.url).toContain('http');
    expect((await world.inspect(page.topUpId)).payments.map(({ n }) => n)).toEqual([1, 2]);
    isHidden = false;
    const shown = (await world.sessions()).find(({ url }) => url === page.url);
    world.simulator.payments.paySession(shown?.id ?? '');
    expect((await world.status(page.topUpId)).state).toBe('granted');
    expect((await world.sessions()).map(({ status }) => status).toSorted()).toEqual(['complete', 'expired']);
    expect([await world.charged(), await world.given()]).toEqual([1, 1000]);
  });
});
