import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const macApp = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
const windowsApp = 'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe';

/**
 * The path of a Chromium that starts, installing one where that is possible: `CHROMIUM_PATH`, then the system's,
 * then Debian's package (as root), then Playwright's own. Throws with what to do when none can be had.
 */
export async function findChromium(): Promise<string> {
  const asked = process.env.CHROMIUM_PATH;
  if (asked) {
    if (starts(asked)) return asked;
    throw new Error(`CHROMIUM_PATH is set to ${asked}, which does not start. Correct it or unset it.`);
  }
  const system = onPath();
  if (system) return system;
  const ownBefore = await playwrightsOwn();
  if (ownBefore) return ownBefore;

  if (isRootOnDebian()) {
    console.log('No Chromium found: installing the Debian package (about a minute) …');
    run('apt-get', ['update']);
    run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium']);
    const installed = onPath();
    if (installed) return installed;
  } else {
    console.log('No Chromium found: installing the one of Playwright (about a minute) …');
    run('npx', ['playwright', 'install', '--with-deps', 'chromium']);
    const own = await playwrightsOwn();
    if (own) return own;
  }
  throw new Error(
    'The browser tests need a Chromium and none could be installed.\n' +
      'Install Chromium or Google Chrome, or set CHROMIUM_PATH to its executable, and run the command again.',
  );
}

function onPath(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const candidates = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...candidates, macApp, windowsApp].find((path) => isExecutable(path) && starts(path));
}

async function playwrightsOwn(): Promise<string | undefined> {
  const { chromium } = await import('playwright');
  const path = chromium.executablePath();
  return isExecutable(path) && starts(path) ? path : undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function starts(path: string): boolean {
  if (process.platform === 'win32') return isExecutable(path);
  return spawnSync(path, ['--version'], { stdio: 'ignore' }).status === 0;
}

function isRootOnDebian(): boolean {
  return process.getuid?.() === 0 && isExecutable('/usr/bin/apt-get');
}

function run(command: string, args: string[]): void {
  const result = spawnSync(command, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    shell: process.platform === 'win32',
  });
  if (result.status !== 0)
    console.error(`${command} ${args.join(' ')} ended with ${result.status ?? result.signal}.`);
}
