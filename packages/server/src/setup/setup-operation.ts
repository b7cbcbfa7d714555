import { z } from 'zod';
import { runSetup, type SetupParts } from './run-setup.ts';

const setupInput = z.strictObject({ url: z.string(), apply: z.boolean() });

/** The operation `setup`, by the name that `operate` knows. Its input is checked. */
export function createSetupOperation(parts: SetupParts) {
  return { setup: async (input: unknown) => runSetup(parts, setupInput.parse(input)) };
}
