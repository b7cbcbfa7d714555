/** Something that is told how far the work is. */
export type OnProgress = (done: number, total: number) => void;

export interface ProgressOutput {
  isTTY?: boolean;
  write(text: string): unknown;
}

const BAR_WIDTH = 30;

/**
 * Shows how far the work is, how fast it goes and how long it will take: one line that renews itself on a terminal,
 * a line at every tenth of the way elsewhere.
 */
export function progressBar(
  label: string,
  { output = process.stderr, nowMs = Date.now }: { output?: ProgressOutput; nowMs?: () => number } = {},
): OnProgress {
  const startedMs = nowMs();
  let shownMs = Number.NEGATIVE_INFINITY;
  let shownTenth = -1;
  return (done, total) => {
    const ratio = total === 0 ? 1 : done / total;
    const seconds = (nowMs() - startedMs) / 1_000;
    const perSecond = seconds > 0 ? done / seconds : 0;
    const left = perSecond > 0 ? formatSeconds((total - done) / perSecond) : '–';
    const figures = `${Math.floor(ratio * 100)} %  ${done}/${total}  ${Math.round(perSecond)}/s  ${left} left`;
    if (output.isTTY === true) {
      if (done < total && nowMs() - shownMs < 100) return;
      shownMs = nowMs();
      const filled = Math.round(ratio * BAR_WIDTH);
      const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
      output.write(`\r\u001b[2K${label} ${bar} ${figures}${done >= total ? '\n' : ''}`);
      return;
    }
    const tenth = Math.floor(ratio * 10);
    if (tenth === shownTenth) return;
    shownTenth = tenth;
    output.write(`${label} ${figures}\n`);
  };
}

function formatSeconds(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
