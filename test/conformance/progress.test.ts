import { describe, expect, it } from 'vitest';
import { progressBar } from './progress.ts';

function run(isTTY: boolean): string[] {
  const written: string[] = [];
  let clockMs = 0;
  const show = progressBar('Replaying', {
    output: { isTTY, write: (text) => written.push(text) },
    nowMs: () => clockMs,
  });
  for (let done = 0; done <= 200; done += 1) {
    clockMs = done * 50;
    show(done, 200);
  }
  return written;
}

describe('progress bar', () => {
  it('renews one line on a terminal, at most ten times a second, and ends it', () => {
    const written = run(true);
    expect(written).toHaveLength(101);
    expect(written[0]).toMatch(/^\r/);
    expect(written[50]).toContain('███████████████░░░░░░░░░░░░░░░ 50 %  100/200  20/s  5 s left');
    expect(written.filter((text) => text.endsWith('\n'))).toEqual([written.at(-1)]);
    expect(written.at(-1)).toContain('100 %  200/200');
  });

  it('writes plain lines elsewhere, one for each tenth', () => {
    const written = run(false);
    expect(written).toHaveLength(11);
    expect(written.join('')).not.toContain('\r');
    expect(written[5]).toBe('Replaying 50 %  100/200  20/s  5 s left\n');
  });
});
