import type { Books } from '../stage/judge.ts';
import { createRandom } from '../stage/random.ts';
import type { HostProcess } from './host-process.ts';
import { type KillStep, killSteps, type Story } from './steps.ts';
import { areAsPaid, awaitKill, play, playAfterwards, type Scene, setScene } from './stories.ts';
import { settle, startTheatre, type Theatre, type TheatreStore } from './theatre.ts';

/** How a series of kills went. */
export interface KillFigures extends Books {
  kills: number;
  /** Steps at which no process was killed, since the story did not come by: the proof has a hole then. */
  missed: string[];
  /** The longest that a host needed to put things right, by the simulator's clock. */
  longestMinutes: number;
  seconds: number;
}

export interface KillOptions {
  seed: number;
  /** Whether all has to be well before the next kill, or the hosts are killed one after the other. */
  settlesEach: boolean;
  /** Negative control: a build without idempotency keys and look-up. It is not expected to settle. */
  isSabotaged?: boolean;
  say?(progress: string): void;
}

/** Kills a host once at each of these steps, starts it again, and sees what becomes of the purchases without any help. */
export async function runKillSteps(
  store: TheatreStore,
  steps: readonly KillStep[],
  { seed, settlesEach, isSabotaged = false, say = () => undefined }: KillOptions,
): Promise<KillFigures> {
  return onStage(store, { seed, customers: Math.ceil(steps.length / 6), isSabotaged }, async (run) => {
    const { theatre } = run;
    const scenes: Scene[] = [];
    for (const [index, { story }] of steps.entries()) {
      const customerId = theatre.customerIds[index % theatre.customerIds.length] ?? '';
      scenes.push(await setScene(theatre, { story, customerId, attemptId: `attempt-${seed}-${index}` }));
    }
    await run.settleAll();
    for (const [index, step] of steps.entries()) {
      const scene = scenes[index];
      if (!scene) continue;
      await theatre.arm(run.host, step);
      await play(theatre, scene);
      if (await awaitKill(theatre, run.host, 30_000)) await run.restart();
      else run.figures.missed.push(step.name);
      if (settlesEach) await run.settleAll();
      say(`R2: killed at "${step.name}"`);
    }
    await run.settleAll();
    for (const scene of scenes) await playAfterwards(theatre, scene);
    await run.settleAll();
  });
}

const stories: readonly Story[] = [...new Set(killSteps.map(({ story }) => story))];

/** Kills a host at random moments, so many times, while several purchases are under way in it. */
export async function runRandomKills(
  store: TheatreStore,
  { seed, kills, say = () => undefined }: { seed: number; kills: number; say?(progress: string): void },
): Promise<KillFigures> {
  const random = createRandom(seed);
  return onStage(store, { seed, customers: Math.max(4, Math.ceil(kills / 12)) }, async (run) => {
    const { theatre } = run;
    for (let kill = 0; kill < kills; kill += 1) {
      const scenes: Scene[] = [];
      for (let n = 0; n < 4; n += 1) {
        const customerId = theatre.customerIds[(kill * 4 + n) % theatre.customerIds.length] ?? '';
        scenes.push(
          await setScene(theatre, {
            story: random.pick(stories),
            customerId,
            attemptId: `attempt-${seed}-${kill}-${n}`,
          }),
        );
      }
      await run.settleAll();
      const timer = setTimeout(() => run.host.kill(), random.int(0, 250));
      await Promise.all(scenes.map((scene) => play(theatre, scene)));
      await run.host.ended;
      clearTimeout(timer);
      await run.restart();
      await run.settleAll();
      for (const scene of scenes) await playAfterwards(theatre, scene);
      await run.settleAll();
      say(`R2: ${kill + 1} of ${kills} random kills`);
    }
  });
}

interface Run {
  theatre: Theatre;
  host: HostProcess;
  figures: Pick<KillFigures, 'kills' | 'missed' | 'longestMinutes'>;
  restart(): Promise<void>;
  settleAll(): Promise<void>;
}

async function onStage(
  store: TheatreStore,
  options: { seed: number; customers: number; isSabotaged?: boolean },
  perform: (run: Run) => Promise<void>,
): Promise<KillFigures> {
  const startedMs = performance.now();
  const theatre = await startTheatre(store, options);
  try {
    const run: Run = {
      theatre,
      host: await theatre.startHost(),
      figures: { kills: 0, missed: [], longestMinutes: 0 },
      async restart() {
        run.figures.kills += 1;
        run.host = await theatre.startHost();
      },
      async settleAll() {
        const tookMs = await settle(theatre, run.host, () =>
          areAsPaid(theatre, run.host, theatre.customerIds),
        );
        run.figures.longestMinutes = Math.max(run.figures.longestMinutes, tookMs / 60_000);
      },
    };
    await perform(run);
    const books = await theatre.judge(run.host);
    return { ...run.figures, ...books, seconds: (performance.now() - startedMs) / 1_000 };
  } finally {
    await theatre.close();
  }
}
