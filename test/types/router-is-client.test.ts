import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

function typeCheck(project: string): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(import.meta.dirname, project)],
    { cwd: root, encoding: 'utf8' },
  );
  return { status, output: stdout + stderr };
}

describe('types across the wire', () => {
  it("S3-22: a typed client of the server's router is the client that the hooks take", () => {
    expect(typeCheck('.')).toEqual({ status: 0, output: '' });
  });

  it('a router whose answer differs in one procedure is refused', () => {
    const { status, output } = typeCheck('fails');
    expect(status).not.toBe(0);
    expect(output).toContain('wrong-router.ts');
    expect(output).toContain('credits');
  });
});
