import { BillingError } from '@meterboard/contract';
import { z } from 'zod';
import type { Configuration } from './configuration.ts';
import type { DurableCore } from './durable-core.ts';
import type { BillingGateway } from './gateway.ts';
import { settleBonus } from './grants/bonus.ts';
import type { Logger } from './logger.ts';
import { runSetup } from './setup/run-setup.ts';
import { inspectTopUp, listStuckTopUps } from './top-ups/inspect-top-up.ts';
import { settleTopUp } from './top-ups/settle-top-up.ts';
import { listParked } from './webhooks/list-parked.ts';
import { replayEvents } from './webhooks/replay-events.ts';

/** What the operator's commands work with. */
export interface OperateParts {
  configuration: Configuration;
  gateway: BillingGateway;
  core: DurableCore;
  logger: Logger;
}

const oneTopUp = z.strictObject({ topUpId: z.string().min(1).max(100) });
const setupInput = z.strictObject({ url: z.url().max(2000), apply: z.boolean() });
const replayInput = z.strictObject({
  sinceMs: z.number().int(),
  types: z.array(z.string().max(200)).max(200).optional(),
  includeDone: z.boolean(),
});

/**
 * Carries out a command of `npx meterboard`, here or asked for by another process of this machine. Rejects with words for the
 * operator when there is no such command, its input is not valid, or it fails.
 */
export function createOperate(parts: OperateParts): (command: string, input: unknown) => Promise<unknown> {
  const { core, gateway } = parts;
  const openDb = async () => (await core.openInbox()).db;
  const commands: Record<string, (input: unknown) => Promise<unknown>> = {
    setup: (input) => setUp(parts, setupInput.parse(input)),
    sweep: () => core.sweep({ always: true }),
    'webhooks.parked': async () => listParked(await openDb()),
    'webhooks.replay': async (input) => replayEvents(await core.openInbox(), replayInput.parse(input)),
    'topups.stuck': async () => listStuckTopUps(await openDb()),
    'topups.inspect': async (input) => requireFile(await openDb(), oneTopUp.parse(input).topUpId),
    'topups.retry': async (input) => {
      const { topUpId } = oneTopUp.parse(input);
      if (topUpId.startsWith('bo_')) return settleBonus(await core.openTopUps(), topUpId);
      await requireFile(await openDb(), topUpId);
      await settleTopUp(await core.openTopUps(), topUpId, 'operator');
      return requireFile(await openDb(), topUpId);
    },
  };
  return async (command, input) => {
    const run = Object.hasOwn(commands, command) ? commands[command] : undefined;
    if (!run)
      throw new Error(
        `There is no command '${command}'. Is the host's @meterboard/server older than this one?`,
      );
    if (!gateway.topUps && command.startsWith('topups.'))
      throw new Error('The billing provider of this host sells nothing.');
    return run(input);
  };
}

async function requireFile(db: Parameters<typeof inspectTopUp>[0], topUpId: string) {
  const file = await inspectTopUp(db, topUpId);
  if (file) return file;
  throw new Error(
    `There is no top-up ${topUpId} in this store. Ids begin with tu_ and stand in the metadata of payments.`,
  );
}

function setUp({ configuration, gateway, logger }: OperateParts, input: { url: string; apply: boolean }) {
  const { events } = gateway;
  if (!events)
    throw new BillingError('provider_rejected', {
      message: 'The billing provider of this host sends no events.',
    });
  const { basePath, meters, topUps } = configuration;
  return runSetup(
    {
      gateway: { ...gateway, events },
      basePath,
      meterNames: meters.map(({ eventName }) => eventName),
      packages: topUps?.packages ?? [],
      logger,
    },
    input,
  );
}
