import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTopUpWorld } from './top-up-world.ts';

let world: Awaited<ReturnType<typeof startTopUpWorld>>;
beforeEach(async () => {
  world = await startTopUpWorld();
  await world.saveCard();
});
afterEach(() => world.close());

describe('closing while server code calls', () => {
  it.each([
    [
      'credits.grant()',
      (host: ReturnType<typeof world.host>) =>
        host.meterboard.credits.grant({
          customerId: world.customer,
          key: 'sorry',
          amount: { amountMinor: 500, currency: 'usd' },
          reason: 'outage',
        }),
    ],
    ['createCaller()', (host: ReturnType<typeof world.host>) => host.start({ payWith: 'saved_card' })],
  ])('waits for %s, which ends well', async (_, call) => {
    const host = world.host();
    world.simulator.faults.setLatency(100);
    let answer: Awaited<ReturnType<typeof call>> | undefined;
    const calling = call(host).then((given) => {
      answer = given;
    });
    await new Promise((done) => setTimeout(done, 20));
    await host.meterboard.close();
    expect(answer?.state).toMatch(/^(paid|granted)$/);
    await calling;
  });

  it('is given up after its time', async () => {
    const host = world.host();
    world.simulator.faults.setLatency(1_000);
    const calling = host.start({ payWith: 'saved_card' }).catch((error: unknown) => error);
    await new Promise((done) => setTimeout(done, 20));
    await expect(host.meterboard.close({ timeoutMs: 5 })).resolves.toBeUndefined();
    world.simulator.faults.setLatency(0);
    await calling;
  });
});
