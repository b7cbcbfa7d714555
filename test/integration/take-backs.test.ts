import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hourMs, minuteMs, startTopUpWorld, type TopUpWorld } from './top-up-world.ts';

let world: TopUpWorld;
beforeEach(async () => {
  world = await startTopUpWorld();
});
afterEach(() => world.close());

const refund = (payment_intent: string) => world.client.refunds.create({ payment_intent });

async function sweepTwoHourly(times: number): Promise<void> {
  for (let n = 0; n < times; n += 1) {
    await world.simulator.advance(2 * hourMs);
    await world.sweep();
  }
}

describe('credits of a refund', () => {
  it('that have expired by themselves are over, and nothing is stuck', async () => {
    const { topUpId, paymentIntent } = await world.buy();
    const [grant] = await world.grants();
    await world.client.billing.creditGrants.update(grant?.id ?? '', {
      expires_at: Math.floor(world.simulator.nowMs() / 1000) + 60,
    });
    await world.simulator.advance(2 * minuteMs);
    await refund(paymentIntent);
    expect(await world.status(topUpId)).toMatchObject({ state: 'refunded', credited: { amountMinor: 0 } });
    await sweepTwoHourly(3);
    expect(await world.stuck()).toEqual([]);
    expect([await world.given(), (await world.grants()).length]).toEqual([0, 1]);
  });

  it('that Stripe refuses to end are told to the operator, tried again, and taken once that works', async () => {
    const { topUpId, paymentIntent } = await world.buy();
    await refund(paymentIntent);
    let ends = 0;
    world.wire.beforeEffect = (request) => {
      if (!/credit_grants\/[^/]+\/(void|expire)$/.test(request.url ?? '')) return undefined;
      ends += 1;
      return 400;
    };
    expect((await world.status(topUpId)).state).toBe('refunded');
    expect(await world.stuck()).toMatchObject([{ topUpId, stuck: 'take_back_refused' }]);
    await sweepTwoHourly(3);
    expect(await world.stuck()).toMatchObject([{ topUpId, stuck: 'take_back_refused' }]);
    expect(ends).toBeLessThanOrEqual(8);
    expect(await world.given()).toBe(1000);
    world.wire.beforeEffect = () => undefined;
    await sweepTwoHourly(1);
    expect(await world.stuck()).toEqual([]);
    expect(await world.status(topUpId)).toMatchObject({ state: 'refunded', credited: { amountMinor: 0 } });
    expect(await world.given()).toBe(0);
  });

  it('of a customer who was deleted are told to the operator', async () => {
    const { topUpId, paymentIntent } = await world.buy();
    await world.client.customers.del(world.customer);
    await refund(paymentIntent);
    await world.meterboard.operate('topups.retry', { topUpId });
    expect(await world.stuck()).toMatchObject([{ topUpId, state: 'refunded', stuck: 'customer_deleted' }]);
    expect((await world.status(topUpId)).state).toBe('refunded');
  });
});

describe('what people do to our notes at Stripe', () => {
  /** From now on the kit reads sessions without these notes. */
  const forget = (...names: string[]) => {
    world.wire.rewrite = (request, body) => {
      if (request.method !== 'GET' || !/^\/v1\/checkout\/sessions\/cs_/.test(request.url ?? '')) return body;
      const session = JSON.parse(body);
      for (const name of names) delete session.metadata[name];
      return JSON.stringify(session);
    };
  };

  it.each([
    ['the credit', ['credit_minor']],
    ['the owner', ['topup_id']],
    [
      'all of it',
      ['topup_id', 'kind', 'n', 'credit_minor', 'credit_currency', 'price_minor', 'price_currency'],
    ],
  ])('after the credit was given (%s) changes nothing: a refund still takes it back', async (_, names) => {
    const { topUpId, paymentIntent } = await world.buy();
    forget(...names);
    expect((await world.status(topUpId)).state).toBe('granted');
    expect(await world.stuck()).toEqual([]);
    await refund(paymentIntent);
    expect(await world.status(topUpId)).toMatchObject({ state: 'refunded', credited: { amountMinor: 0 } });
    expect([await world.given(), (await world.stuck()).length]).toEqual([0, 0]);
  });

  it('on the charge of a saved card changes nothing either', async () => {
    await world.saveCard();
    const { topUpId } = await world.oneClick();
    const [intent] = await world.intents();
    await world.client.paymentIntents.update(intent?.id ?? '', {
      metadata: { credit_minor: '', topup_id: '' },
    });
    expect((await world.status(topUpId)).state).toBe('granted');
    await refund(intent?.id ?? '');
    expect(await world.status(topUpId)).toMatchObject({ state: 'refunded', credited: { amountMinor: 0 } });
    expect([await world.given(), (await world.stuck()).length]).toEqual([0, 0]);
  });
});

describe('a purchase', () => {
  it('that had ended and is paid after all is credited', async () => {
    const { topUpId } = await world.start();
    await world.pay('pm_usBankAccount_insufficientFunds');
    await world.status(topUpId);
    await world.simulator.advance(hourMs);
    expect((await world.status(topUpId)).state).toBe('canceled');
    const [intent] = await world.intents();
    const paid = await world.client.paymentIntents.confirm(intent?.id ?? '', {
      payment_method: 'pm_card_visa',
      return_url: 'https://app.example',
    });
    expect(paid.status).toBe('succeeded');
    await world.sweep();
    expect(await world.status(topUpId)).toMatchObject({ state: 'granted', credited: { amountMinor: 1000 } });
    expect([await world.charged(), await world.given()]).toEqual([1, 1000]);
  });

  it('whose page says paid, with an amount and without a payment, is not taken for a gift', async () => {
    const { topUpId } = await world.start();
    await world.pay();
    world.wire.rewrite = (request, body) =>
      request.method === 'GET' && /^\/v1\/checkout\/sessions\/cs_/.test(request.url ?? '')
        ? JSON.stringify({ ...JSON.parse(body), payment_intent: null })
        : body;
    await expect(world.status(topUpId)).rejects.toThrow();
    await world.simulator.advance(hourMs);
    expect((await world.sweep()).topUps).toEqual({ looked: 1, failed: 1 });
    expect((await world.inspect(topUpId)).row).toMatchObject({ state: 'open', credited_minor: 0 });
    expect(await world.grants()).toEqual([]);
    world.wire.rewrite = (_, body) => body;
    expect((await world.status(topUpId)).state).toBe('granted');
    expect(await world.given()).toBe(1000);
  });
});
