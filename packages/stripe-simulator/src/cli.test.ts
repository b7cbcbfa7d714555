import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { startReceiver } from './testing/receiver.ts';

const bin = fileURLToPath(new URL('../bin/stripe-simulator.js', import.meta.url));

interface Ran {
  code: number | null;
  out: string;
  err: string;
}

function start(args: readonly string[]): { child: ChildProcess; ended: Promise<Ran>; line: Promise<string> } {
  const child = spawn(process.execPath, ['--conditions=@meterboard/source', bin, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stderr.on('data', (chunk) => {
    err += String(chunk);
  });
  const line = new Promise<string>((resolve) => {
    child.stdout.on('data', (chunk) => {
      out += String(chunk);
      if (out.includes('\n')) resolve(out.trim());
    });
  });
  const ended = once(child, 'close').then(([code]) => ({
    code: typeof code === 'number' ? code : null,
    out,
    err,
  }));
  return { child, ended, line };
}

describe('command line', () => {
  it('says where it answers, freezes the clock, and closes on SIGTERM', async () => {
    const { child, ended, line } = start(['--port', '0', '--now', '2026-11-26T09:30:00Z']);
    const url = /^Stripe simulator ready: (http:\/\/127\.0\.0\.1:\d+)$/.exec(await line)?.[1] ?? '';
    const response = await fetch(`${url}/v1/customers`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test_x' },
    });
    expect((await response.json()).created).toBe(Date.parse('2026-11-26T09:30:00Z') / 1_000);
    const busy = await start(['--port', new URL(url).port]).ended;
    expect([busy.code, busy.err]).toEqual([
      1,
      expect.stringMatching(/already in use\. Choose another one with --port/),
    ]);
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  });

  it.each([
    [['--port', 'abc'], /--port must be a number from 0 to 65535, not "abc"/],
    [['--port', '70000'], /--port must be a number/],
    [['--scenario', 'nope'], /--scenario must be one of empty, demo, nearly-out, .*, not "nope"/],
    [['--now', 'yesterday'], /--now must be an ISO 8601 instant/],
    [['--now', '2026-13-45T00:00:00Z'], /--now must be an ISO 8601 instant/],
    [['--webhook-url', 'ftp://127.0.0.1'], /--webhook-url must be an http\(s\) URL, not "ftp:/],
    [['--webhook-secret', 'whsec_x'], /--webhook-secret needs --webhook-url or --webhook-thin-url/],
    [['--assume', 'decimalMeterValues'], /--assume takes name=value/],
    [['--assume', 'nothing=true'], /--assume: There is no assumption 'nothing'/],
    [['--assume', 'adaptivePricingCurrency=xyz'], /--assume: Invalid currency: xyz/],
    [['--assume', 'decimalMeterValues=5'], /--assume: Invalid decimalMeterValues/],
    [['--rate-limits', 'huge'], /--rate-limits must be one of off, live, sandbox, not "huge"/],
    [['--bogus'], /'--bogus'.*Try --help/],
  ])('refuses %j in words', async (args, message) => {
    const { code, out, err } = await start(args).ended;
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(message);
    expect(err).not.toContain('    at ');
  });

  it('takes assumptions and rate limits', async () => {
    const { child, ended, line } = start(
      ['--port', '0', '--rate-limits', 'sandbox', '--assume', 'decimalMeterValues=false'].concat([
        '--assume',
        'aggregationLagMs=500',
      ]),
    );
    const url = /^Stripe simulator ready: (\S+)/.exec(await line)?.[1] ?? '';
    expect(await (await fetch(`${url}/_simulator/assumptions`)).json()).toMatchObject({
      decimalMeterValues: false,
      aggregationLagMs: 500,
      minimumCharge: true,
    });
    const headers = { authorization: 'Bearer sk_test_x' };
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => fetch(`${url}/v1/customers`, { headers })),
    );
    expect(answers.map(({ status }) => status)).toContain(429);
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  });

  it('forwards events to an address, on the clock of the receiver while its own is frozen', async () => {
    await using receiver = await startReceiver();
    const { child, ended, line } = start(
      ['--port', '0', '--now', '2026-11-26T09:30:00Z', '--webhook-url', receiver.url].concat([
        '--webhook-thin-url',
        receiver.url,
        '--webhook-secret',
        'whsec_mine',
      ]),
    );
    const url = /^Stripe simulator ready: (\S+)/.exec(await line)?.[1] ?? '';
    const { host, port } = { host: new URL(url).hostname, port: new URL(url).port };
    const stripe = new Stripe('sk_test_x', { host, port, protocol: 'http', maxNetworkRetries: 0 });
    await stripe.customers.create({ name: 'Ada' });
    await expect.poll(() => receiver.types()).toEqual(['customer.created', 'v1.customer.created']);
    const [snapshot, thin] = receiver.received;
    const event = stripe.webhooks.constructEvent(
      snapshot?.body ?? '',
      snapshot?.signature ?? '',
      'whsec_mine',
    );
    expect(event.created).toBe(Date.parse('2026-11-26T09:30:00Z') / 1_000);
    const notification = stripe.parseEventNotification(thin?.body ?? '', thin?.signature ?? '', 'whsec_mine');
    expect(notification.type).toBe('v1.customer.created');
    child.kill('SIGTERM');
    const { out } = await ended;
    expect(out).toContain(`Webhooks go to ${receiver.url}, signed with whsec_mine`);
  });

  it('explains itself', async () => {
    const { code, out } = await start(['--help']).ended;
    expect(code).toBe(0);
    for (const flag of ['--port', '--scenario', '--now', '--seed', '--webhook-url', '--webhook-secret'])
      expect(out).toContain(flag);
  });
});
