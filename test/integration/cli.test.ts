import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSimulator, type Simulator } from '@meterboard/stripe-simulator';
import Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { embeddedStore } from '../../packages/server/src/store/embedded.ts';
import { buildAccount, createLog } from './stripe-world.ts';

const bin = join(import.meta.dirname, '../../packages/server/bin/meterboard.js');
const app = join(import.meta.dirname, 'cli-app.ts');

let simulator: Simulator;
let folder: string;
beforeEach(async () => {
  simulator = await createSimulator();
  folder = mkdtempSync(join(tmpdir(), 'meterboard-cli-'));
});
afterEach(async () => {
  await simulator.close();
  rmSync(folder, { recursive: true, force: true });
});

function start(...args: string[]) {
  const child = spawn(process.execPath, ['--conditions=@meterboard/source', bin, ...args], {
    cwd: folder,
    env: { ...process.env, SIMULATOR_PORT: String(simulator.port), STORE_FOLDER: join(folder, 'store') },
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (text) => {
    said.out += text;
  });
  child.stderr.on('data', (text) => {
    said.err += text;
  });
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, ...said })),
  );
  return { child, said, ended };
}
const run = (...args: string[]) => start(...args).ended;

function writeModule(name: string, code: string): string {
  const path = join(folder, name);
  writeFileSync(path, code);
  return path;
}

describe('npx meterboard setup', () => {
  const url = 'https://app.example/api/meterboard/webhooks/stripe';
  const writes = () => simulator.requests.callCount({ method: 'POST' });

  it('shows its plan and writes nothing, then makes both destinations and tells their secrets once', async () => {
    const client = new Stripe('sk_test_cli', {
      host: simulator.host,
      port: simulator.port,
      protocol: 'http',
    });
    await buildAccount(client);
    const before = writes();
    const plan = await run('setup', '--url', url, '--app', app);
    expect(plan.code).toBe(0);
    expect(plan.out).toMatch(/\[to do\].* snapshot events[\s\S]*\[to do\].* thin events/);
    expect(plan.out).toMatch(/\[ok\].*'api_calls' is active[\s\S]*\[ok\].*'ten' credits usd/);
    expect(plan.out).toContain('Run it again with --yes');
    expect(plan.out).not.toMatch(/whsec_|The app talks/);
    expect(writes()).toBe(before);

    const made = await run('setup', '--url', url, '--yes', '--app', app);
    expect(made.code).toBe(0);
    const secrets = simulator.webhooks.destinations().map(({ secret }) => secret);
    expect(made.out).toContain(`STRIPE_WEBHOOK_SECRET=${secrets[0]}`);
    expect(made.out).toContain(`STRIPE_THIN_WEBHOOK_SECRET=${secrets[1]}`);
    expect(made.err).not.toContain('whsec_');
    expect(writes()).toBe(before + 2);

    const again = await run('setup', '--url', url, '--yes', '--app', app, '--json');
    expect(JSON.parse(again.out)).toMatchObject({
      steps: [{ kind: 'ok' }, { kind: 'ok' }, { kind: 'ok' }, { kind: 'ok' }],
      secrets: [],
    });
    expect(writes()).toBe(before + 2);
  });

  it('stops at what fails, says so, and ends with 1', async () => {
    simulator.faults.failNext({ path: /event_destinations$/, method: 'POST', status: 500 });
    const broken = await run('setup', '--url', url, '--yes', '--app', app);
    expect(broken.code).toBe(1);
    expect(broken.out).toMatch(/\[failed\].* snapshot events[\s\S]*\[to do\].* thin events/);
    expect(broken.out).toMatch(/\[problem\].*no meter with the event name 'api_calls'/);
    expect(broken.err).toContain('A step of the setup failed.');
  });

  it('makes nothing that would be sent in the clear', async () => {
    const refused = await run('setup', '--url', url.replace('https', 'http'), '--yes', '--app', app);
    expect(refused.out).toMatch(/\[problem\].*not https/);
    expect(writes()).toBe(0);
  });
});

describe('npx meterboard webhooks', () => {
  const open = (operate: (command: string, input: unknown) => Promise<unknown> = async () => null) =>
    embeddedStore({ folder: join(folder, 'store') }).open({ logger: createLog().logger, operate });

  async function storeParked() {
    const store = await open();
    const values = {
      livemode: false,
      payload: 'snapshot',
      type: 'refund.created',
      created_at_ms: 1,
    } as const;
    await store.db
      .insertInto('webhook_events')
      .values({
        ...values,
        event_id: 'evt_1',
        received_at_ms: Date.now(),
        origin: 'delivery',
        body: '{}',
        state: 'parked',
        reason: 'poison \u001b[2J',
        done_at_ms: null,
      })
      .execute();
    await store.close();
  }

  it('lists what is parked and queues it again', async () => {
    await storeParked();
    const parked = await run('webhooks', 'parked', '--app', app);
    expect(parked.code).toBe(0);
    expect(parked.out).toMatch(/^eventId +type +state/);
    expect(parked.out).toMatch(/evt_1 +refund.created +parked +poison {2}\[2J/);
    const replayed = await run('webhooks', 'replay', '--since', '1h', '--app', app, '--json');
    expect(JSON.parse(replayed.out)).toMatchObject({ queued: 1, byState: { parked: 1 } });
    expect((await run('webhooks', 'parked', '--app', app)).out).toBe('Nothing.\n');
  });

  it('asks the running host where that has the embedded database open', async () => {
    const asked: unknown[] = [];
    const store = await open(async (command, input) => {
      asked.push([command, input]);
      if (command === 'webhooks.replay') throw new Error('The host says no.');
      return [{ eventId: 'evt_of_the_host' }];
    });
    try {
      expect((await run('webhooks', 'parked', '--app', app)).out).toContain('evt_of_the_host');
      const refused = await run('webhooks', 'replay', '--since', '2026-11-25', '--app', app);
      expect([refused.code, refused.out]).toEqual([1, '']);
      expect(refused.err).toContain('meterboard: The host says no.');
      expect(asked).toEqual([
        ['webhooks.parked', {}],
        ['webhooks.replay', { sinceMs: Date.parse('2026-11-25'), includeDone: false }],
      ]);
    } finally {
      await store.close();
    }
  });
});

describe('npx meterboard topups', () => {
  it('says that nothing is stuck, and sweeps', async () => {
    expect(await run('topups', 'stuck', '--app', app)).toMatchObject({ code: 0, out: 'Nothing.\n' });
    const swept = await run('sweep', '--app', app, '--json');
    expect(JSON.parse(swept.out)).toMatchObject({ topUps: { looked: 0, failed: 0 }, events: { missed: 0 } });
  });
});

describe('npx meterboard', () => {
  it.each([
    ['an unknown command', ['explode'], 2, /There is no command "explode". Try meterboard --help/],
    ['an unknown option', ['sweep', '--app', app, '--force'], 2, /--force/],
    ['no app', ['sweep'], 2, /--app <file> is missing/],
    ['an app that is not there', ['sweep', '--app', 'nowhere.ts'], 1, /There is no .*nowhere.ts/],
    ['variables that are not there', ['sweep', '--app', app, '--env', 'no.env'], 2, /no.env cannot be read/],
    [
      'a top-up that is unknown',
      ['topups', 'inspect', 'tu_none', '--app', app],
      1,
      /There is no top-up tu_none/,
    ],
    ['a worker beside the embedded database', ['worker', '--app', app], 1, /one process only.*postgresStore/],
  ])('says what is wrong with %s', async (_, args, code, words) => {
    const answer = await run(...args);
    expect([answer.code, answer.out]).toEqual([code, '']);
    expect(answer.err).toMatch(words);
  });

  it.each([
    [
      'exports nothing',
      'export const x = 1;',
      /exports no meterboard.*export const meterboard = createMeterboard/,
    ],
    [
      'exports something else',
      'export const meterboard = { handler() {} };',
      /createMeterboard\(\) did not make/,
    ],
    [
      'throws',
      "throw new Error('createMeterboard: identify is missing.');",
      /cannot be loaded: .*identify is missing/,
    ],
    ['throws a secret', "throw new Error('no sk_test_canary');", /no sk_…/],
    ['is no plain TypeScript', 'export enum A { b }', /leaving the types out/],
  ])('says so when the module %s', async (_, code, words) => {
    const answer = await run('sweep', '--app', writeModule('app.ts', code));
    expect([answer.code, answer.out]).toEqual([1, '']);
    expect(answer.err).toMatch(words);
    expect(answer.err).not.toContain('canary');
  });

  it('shows help', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, out: expect.stringContaining('webhooks replay') });
    expect((await run('setup', '--help')).out).toMatch(
      /--url <https:\/\/…> +Where Stripe shall send events to/,
    );
  });

  it('gives the app the variables of a file', async () => {
    writeFileSync(join(folder, '.env'), 'GREETING=hello\n');
    const module = writeModule(
      'app.ts',
      `const words: string = process.env.GREETING ?? 'nobody';
       export const meterboard = {
         operate: async () => words, start: async () => {}, close: async () => {}, store: { kind: 'postgres' },
       };`,
    );
    expect((await run('sweep', '--app', module, '--env', '.env')).out).toBe('hello\n');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends a worker on %s after what is under way', async (signal) => {
    const module = writeModule(
      'app.ts',
      `export const meterboard = {
         operate: async () => null,
         start: async () => {},
         close: () => new Promise((done) => setTimeout(() => { console.log('finished'); done(undefined); }, 200)),
         store: { kind: 'postgres' },
       };`,
    );
    const { child, said, ended } = start('worker', '--app', module);
    await expect.poll(() => said.err, { timeout: 10_000 }).toContain('the worker is running');
    child.kill(signal);
    const { code, err } = await ended;
    expect(code).toBe(0);
    expect(err).toMatch(new RegExp(`${signal}: finishing what is under way.\\s+finished`));
  });
});
