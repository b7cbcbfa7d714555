import { BillingError } from '@meterboard/contract';
import { describe, expect, it } from 'vitest';
import { markParsed } from '../http/read-body.ts';
import { createEventReceiver, type EventReceiverParts } from './receive-event.ts';

const url = 'https://app.example/api/meterboard/webhooks/stripe';
const post = (init: RequestInit = {}) => new Request(url, { method: 'POST', body: '{}', ...init });

function receiver(change: Partial<EventReceiverParts> = {}) {
  const logged: string[] = [];
  const log = (message: string) => logged.push(message);
  let nowMs = 0;
  const parts: EventReceiverParts = {
    events: { readDelivery: () => Promise.reject(new BillingError('invalid_input', { message: 'Forged.' })) },
    secrets: ['whsec_a'],
    livemode: false,
    openInbox: () => Promise.reject(new Error('nothing may be stored')),
    nowMs: () => nowMs,
    logger: { error: log, warn: log, info: log },
    ...change,
  };
  const receive = createEventReceiver(parts);
  const answerOf = async (request: Request) => {
    const response = await receive(request);
    return [response.status, (await response.json()).error?.message];
  };
  return { logged, answerOf, wait: (ms: number) => (nowMs += ms) };
}

describe('an event that was read before', () => {
  it.each([
    ['by a body parser', (request: Request) => markParsed(request)],
    ['from the request itself', (request: Request) => request.text()],
  ])('%s is refused with the way to put it right', async (_, read) => {
    const { answerOf, logged } = receiver();
    const request = post();
    await read(request);
    const [status, words] = await answerOf(request);
    expect([status, words]).toEqual([
      400,
      expect.stringMatching(/before app.use\(express.json\(\)\).*request.rawBody/),
    ]);
    expect(logged).toEqual([expect.stringContaining('express.raw')]);
  });
});

describe('the log', () => {
  it('cannot be flooded by strangers, whatever mixture they send', async () => {
    const { answerOf, logged, wait } = receiver();
    for (let n = 0; n < 50; n += 1) {
      expect(await answerOf(post())).toEqual([400, 'Forged.']);
      expect((await answerOf(post({ headers: { 'content-length': '1000001' } })))[0]).toBe(413);
    }
    expect(logged).toHaveLength(2);
    wait(60_000);
    await answerOf(post());
    expect(logged).toHaveLength(3);
  });
});

describe('what cannot be told apart from a bug', () => {
  it('is answered with 500, so that the provider sends it again', async () => {
    const { answerOf, logged } = receiver({
      events: { readDelivery: () => Promise.reject(new TypeError('a bug')) },
    });
    expect((await answerOf(post()))[0]).toBe(500);
    expect(logged).toEqual(['An event could not be read.']);
  });
});
