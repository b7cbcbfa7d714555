import { createServer, type RequestListener, type Server } from 'node:http';
import { type Clock, createClock } from './clock.ts';
import { createIds } from './ids.ts';
import { pages } from './pages/index.ts';
import { createFaults, type Faults } from './protocol/faults.ts';
import { createIdempotencyKeys } from './protocol/idempotency.ts';
import { createRequestLog, type RequestLog } from './protocol/request-log.ts';
import { createRouter } from './protocol/router.ts';
import { createListener } from './protocol/server.ts';
import { registry, routes } from './resources/index.ts';
import { buildDemo, type DemoScenario, demoStartMs } from './scenarios/demo.ts';
import { createWorld } from './world.ts';

export const SCENARIOS = ['empty', 'demo'] as const;
export type ScenarioName = (typeof SCENARIOS)[number];

export interface SimulatorOptions {
  /** What the account holds at the start; `empty` when left out. */
  scenario?: ScenarioName;
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
}

/** A running simulator. */
export interface Simulator {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** The simulator's time, Unix milliseconds. */
  nowMs(): number;
  /** Moves time forward and runs what falls due on the way, in time order. */
  advance(ms: number): Promise<void>;
  /** The same, to an instant; one that lies in the past is an error. */
  advanceTo(ms: number): Promise<void>;
  /** Every request that arrived. */
  readonly requests: RequestLog;
  /** Switches that make things go wrong. */
  readonly faults: Faults;
  /** What the scenario made, by id; undefined for `empty`. */
  readonly scenario: DemoScenario | undefined;
  /** Answers one request, for a server of the caller's own. */
  readonly handler: RequestListener;
  /** Closes the port and its connections, if it has one. */
  close(): Promise<void>;
}

/** Starts a simulator on 127.0.0.1. Rejects with the listen error (`EADDRINUSE`) when the port is taken. */
export async function createSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { scenario = 'empty', seed = 'meterboard', port = 0, host = '127.0.0.1' } = options;
  const nowMs = options.nowMs ?? Date.now();
  if (!Number.isFinite(nowMs))
    throw new RangeError(`nowMs must be a finite number of milliseconds, not ${nowMs}.`);
  const world = createWorld({
    startMs: scenario === 'demo' ? demoStartMs(nowMs) : nowMs,
    ids: createIds(seed),
  });
  const clock: Clock = createClock({ startMs: nowMs, frozen: options.frozen ?? false });
  const settle = (): void => world.settle(clock.nowMs());
  const log = createRequestLog();
  const faults = createFaults();
  const handler = createListener({
    world,
    settle,
    find: createRouter(routes),
    pages,
    registry,
    idempotency: createIdempotencyKeys(),
    faults,
    log,
  });
  const server = options.mountedAt === undefined ? await listen(handler, port, host) : undefined;
  const url = new URL(options.mountedAt ?? addressOf(server, host));
  world.origin = url.origin;
  const made = scenario === 'demo' ? buildDemo(world, nowMs) : undefined;
  settle();
  return {
    url: url.origin,
    host: url.hostname,
    port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
    handler,
    nowMs: () => clock.nowMs(),
    async advance(ms) {
      clock.skip(ms);
      settle();
    },
    async advanceTo(ms) {
      clock.skip(ms - clock.nowMs());
      settle();
    },
    requests: log,
    faults,
    scenario: made,
    async close() {
      if (server === undefined) return;
      server.closeAllConnections();
      await new Promise<void>((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
      });
    },
  };
}

/** Whether a path belongs to the API or to one of the simulator's pages, its front page aside. */
export function isSimulatorPath(path: string): boolean {
  return /^\/(v1|v2|c\/pay|i)\//.test(path);
}

async function listen(handler: RequestListener, port: number, host: string): Promise<Server> {
  const server = createServer(handler);
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
