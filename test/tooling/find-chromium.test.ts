import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findChromium } from './find-chromium.ts';

describe.skipIf(process.platform === 'win32')('finding a browser', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'meterboard-'));
  });

  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  function program(name: string, exitCode: number): string {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\nexit ${exitCode}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  it('takes CHROMIUM_PATH before anything else', async () => {
    program('chromium', 0);
    vi.stubEnv('CHROMIUM_PATH', program('mine', 0));
    vi.stubEnv('PATH', folder);
    expect(await findChromium()).toBe(join(folder, 'mine'));
  });

  it('names CHROMIUM_PATH when that does not start', async () => {
    vi.stubEnv('CHROMIUM_PATH', program('broken', 1));
    await expect(findChromium()).rejects.toThrow(/CHROMIUM_PATH .*broken, which does not start/);
  });

  it("passes over a system browser that does not start and takes the next name's", async () => {
    program('chromium', 1);
    program('google-chrome', 0);
    vi.stubEnv('CHROMIUM_PATH', '');
    vi.stubEnv('PATH', folder);
    expect(await findChromium()).toBe(join(folder, 'google-chrome'));
  });
});
