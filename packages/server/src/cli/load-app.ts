import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadForCommand } from '../operator/loading.ts';

/** The part of a Meterboard that commands need. */
export interface OperableMeterboard {
  operate(command: string, input: unknown): Promise<unknown>;
  /** Takes background work until `close()`. Rejects with words where the store cannot be shared. */
  start(): Promise<void>;
  /** Where it keeps things. `folder`: the embedded database's, absolute. */
  store: { kind: 'embedded' | 'postgres'; folder?: string };
  close(options?: { timeoutMs?: number }): Promise<void>;
}

/** Imports the host's module and answers with the Meterboard that it exports. Rejects with words for the operator. */
export async function loadApp(file: string, folder = process.cwd()): Promise<OperableMeterboard> {
  const path = resolve(folder, file);
  if (!existsSync(path))
    throw new Error(`There is no ${path}. --app names the module that exports meterboard.`);
  const exported = await importModule(path);
  if (!('meterboard' in exported)) {
    throw new Error(
      `${path} exports no meterboard. Commands speak to the one that your server uses: export const meterboard = createMeterboard({ … }).`,
    );
  }
  const meterboard: unknown = await exported.meterboard;
  if (isOperable(meterboard)) return meterboard;
  throw new Error(
    `${path} exports a meterboard that createMeterboard() did not make. Export the very object that it answers with.`,
  );
}

async function importModule(path: string): Promise<Record<string, unknown>> {
  try {
    return await loadForCommand(() => import(pathToFileURL(path).href));
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    const code: unknown = Reflect.get(Object(cause), 'code');
    const hint =
      code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX'
        ? ' Node runs TypeScript by leaving the types out: enums, namespaces and parameter properties are not among them. Give --app the compiled file.'
        : /outside a module/.test(words)
          ? ' Its folder is CommonJS: say "type": "module" in its package.json (npm pkg set type=module), or name the file .mts.'
          : '';
    throw new Error(`${path} cannot be loaded: ${words}${hint}`, { cause });
  }
}

function isOperable(value: unknown): value is OperableMeterboard {
  if (typeof value !== 'object' || value === null) return false;
  return ['operate', 'start', 'close'].every((name) => typeof Reflect.get(value, name) === 'function');
}
