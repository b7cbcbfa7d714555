import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

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
    [['--scenario', 'nope'], /--scenario must be one of empty, demo, not "nope"/],
    [['--now', 'yesterday'], /--now must be an ISO 8601 instant/],
    [['--now', '2026-13-45T00:00:00Z'], /--now must be an ISO 8601 instant/],
    [['--bogus'], /'--bogus'.*Try --help/],
  ])('refuses %j in words', async (args, message) => {
    const { code, out, err } = await start(args).ended;
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(message);
    expect(err).not.toContain('    at ');
  });

  it('explains itself', async () => {
    const { code, out } = await start(['--help']).ended;
    expect(code).toBe(0);
    for (const flag of ['--port', '--scenario', '--now', '--seed']) expect(out).toContain(flag);
  });
});
