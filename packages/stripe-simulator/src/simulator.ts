import { createServer, type RequestListener, type Server } from 'node:http';
import type { Assumptions } from './assumptions.ts';
import { type Clock, createClock } from './clock.ts';
import { createControlHandler } from './control/handler.ts';
import { createPayments, type Payments } from './control/payments.ts';
import { changeAssumptions, controlRoutes } from './control/routes.ts';
import { type Snapshot, takeSnapshot } from './control/snapshots.ts';
import { createSwitches, type Switches } from './control/switches.ts';
import { createIds } from './ids.ts';
import { pages } from './pages/index.ts';
import { createFaults } from './protocol/faults.ts';
import { createIdempotencyKeys } from './protocol/idempotency.ts';
import { answerMalformed } from './protocol/malformed.ts';
import { createRateLimits } from './protocol/rate-limits.ts';
import { createRequestLog, type RequestLog } from './protocol/request-log.ts';
import { createRouter } from './protocol/router.ts';
import { createListener } from './protocol/server.ts';
import { registry, routes } from './resources/index.ts';
import {
  buildScenario,
  type ScenarioName,
  type ScenarioResults,
  scenarioStartMs,
} from './scenarios/index.ts';
import { createTicker } from './ticker.ts';
import { walk } from './walk.ts';
import { createSender } from './webhooks/sender.ts';
import type { WebhookSettings } from './webhooks/settings.ts';
import { checkAddress, createWebhooks, type Forward, type Webhooks } from './webhooks/webhooks.ts';
import { createWorld } from './world.ts';

export interface SimulatorOptions<Name extends ScenarioName = ScenarioName> {
  /** What the account holds at the start; `empty` when left out. */
  scenario?: Name;
  /** The simulator's time at the start, Unix milliseconds; real time when left out. */
  nowMs?: number;
  /** A frozen clock moves only through `advance`; otherwise it ticks with real time. */
  frozen?: boolean;
  /** Ids derive from it: the same seed and the same calls give the same bytes. */
  seed?: string;
  /** 0, the default, picks a free one. */
  port?: number;
  host?: string;
  /**
   * Opens no port: the caller's own server, which a browser reaches at this origin ("http://127.0.0.1:3000"), hands
   * requests to `handler`. They are those whose path `isSimulatorPath()` knows.
   */
  mountedAt?: string;
  /** What to choose where Stripe says nothing. */
  assumptions?: Partial<Assumptions>;
  /** How webhooks are delivered, and addresses that receive all events without being registered. */
  webhooks?: Partial<WebhookSettings> & { forward?: readonly Forward[] };
}

/** A running simulator. */
export interface Simulator<Name extends ScenarioName = ScenarioName> {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** The simulator's time, Unix milliseconds. */
  nowMs(): number;
  /** Moves time forward and runs what falls due on the way, in time order, webhooks included. */
  advance(ms: number): Promise<void>;
  /** The same, to an instant; one that lies in the past is an error. */
  advanceTo(ms: number): Promise<void>;
  /** Every request that arrived. */
  readonly requests: RequestLog;
  /** Switches that make things go wrong. */
  readonly faults: Switches;
  /** What is chosen where Stripe says nothing; may be changed at any time. */
  readonly assumptions: Assumptions;
  /** The whole world as it is now; `restore()` brings it back. Faults, assumptions and the request log stay as they are. */
  snapshot(): Snapshot;
  /** Deliveries of events: when they are through, what happened to them, and how they go wrong. */
  readonly webhooks: Webhooks;
  /** What payers and banks do: pay a session, authenticate, dispute, send a refund back. */
  readonly payments: Payments;
  /** What the scenario made, typed by its name; undefined for `empty`. */
  readonly scenario: ScenarioResults[Name];
  /** Answers one request, for a server of the caller's own. */
  readonly handler: RequestListener;
  /** Closes the port and its connections, if it has one. */
  close(): Promise<void>;
}

/** Starts a simulator on 127.0.0.1. Rejects with the listen error (`EADDRINUSE`) when the port is taken. */
export function createSimulator(options?: SimulatorOptions<'empty'>): Promise<Simulator<'empty'>>;
export function createSimulator<Name extends ScenarioName>(
  options: SimulatorOptions<Name> & { scenario: Name },
): Promise<Simulator<Name>>;
export function createSimulator(options: SimulatorOptions): Promise<Simulator>;
export async function createSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { scenario = 'empty', seed = 'meterboard', port = 0, host = '127.0.0.1' } = options;
  const nowMs = options.nowMs ?? Date.now();
  if (!Number.isFinite(nowMs))
    throw new RangeError(`nowMs must be a finite number of milliseconds, not ${nowMs}.`);
  const world = createWorld({
    startMs: scenarioStartMs(scenario, nowMs),
    ids: createIds(seed),
  });
  changeAssumptions(world.assumptions, options.assumptions ?? {});
  const clock: Clock = createClock({ startMs: nowMs, frozen: options.frozen ?? false });
  let broken: unknown;
  const settle = (): void => {
    const failure = broken;
    broken = undefined;
    if (failure !== undefined) throw failure;
    world.settle(clock.nowMs());
  };
  const fail = (error: unknown): void => {
    broken = error;
  };
  const sender = createSender({ world, settle, afterwards: () => ticker?.arm(), failed: fail });
  const webhooks = createWebhooks(world, sender);
  const { forward = [], ...settings } = options.webhooks ?? {};
  webhooks.configure(settings);
  for (const { url: address } of forward) checkAddress(address);
  const ticker =
    options.frozen === true
      ? undefined
      : createTicker({
          world,
          clock,
          tick() {
            try {
              settle();
            } catch (error) {
              fail(error);
            }
            sender.kick();
          },
        });
  const log = createRequestLog();
  const idempotency = createIdempotencyKeys();
  const limits = createRateLimits();
  const faultState = createFaults();
  const faults = createSwitches({ faults: faultState, limits, assumptions: world.assumptions });
  let turn: Promise<void> = Promise.resolve();
  const inTurn = (targetMs: () => number): Promise<void> => {
    const walked = turn.then(() => walk({ clock, world, settle, settled: sender.settled }, targetMs()));
    const rearm = (): void => ticker?.rearm();
    turn = walked.then(rearm, rearm);
    return walked;
  };
  const afterwards = (): void => {
    sender.kick();
    ticker?.arm();
  };
  const controls = {
    nowMs: () => clock.nowMs(),
    advance: (ms: number) => inTurn(() => clock.nowMs() + ms),
    advanceTo: (ms: number) => inTurn(() => ms),
    requests: log,
    faults,
    assumptions: world.assumptions,
    snapshot: () => takeSnapshot({ world, clock, idempotency, settle, restored: afterwards }),
    webhooks,
    payments: createPayments({ world, settle, afterwards }),
  };
  const handler = createListener({
    world,
    settle,
    find: createRouter(routes),
    pages,
    control: createControlHandler(controlRoutes(controls)),
    registry,
    idempotency,
    limits,
    faults: faultState,
    log,
    afterRequest: afterwards,
  });
  const server = options.mountedAt === undefined ? await listen(handler, port, host) : undefined;
  const url = new URL(options.mountedAt ?? addressOf(server, host));
  world.origin = url.origin;
  const made = buildScenario(scenario, world, nowMs);
  settle();
  for (const address of forward) webhooks.forward(address);
  ticker?.arm();
  return {
    url: url.origin,
    host: url.hostname,
    port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
    handler,
    ...controls,
    scenario: made,
    async close() {
      sender.stop();
      ticker?.stop();
      if (server === undefined) return;
      server.closeAllConnections();
      await new Promise<void>((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
      });
    },
  };
}

/** Whether a path belongs to the API, to the switches, or to one of the simulator's pages, its front page aside. */
export function isSimulatorPath(path: string): boolean {
  return /^\/((v1|v2|c\/pay|c\/authenticate|p\/session|i|receipts|_simulator)\/|_simulator$)/.test(path);
}

async function listen(handler: RequestListener, port: number, host: string): Promise<Server> {
  const server = createServer(handler);
  server.on('clientError', answerMalformed);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return server;
}

function addressOf(server: Server | undefined, host: string): string {
  const address = server?.address();
  if (typeof address !== 'object' || address === null)
    throw new Error('The simulator is not listening on a TCP port.');
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}
