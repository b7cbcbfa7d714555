import { MeterboardProvider } from '@meterboard/react';
import { createFixtureClient } from '@meterboard/react/testing';
import { createRef, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { CartesianGrid, Line, LineChart, Tooltip, XAxis, YAxis } from 'recharts';
import uPlot from 'uplot';
import { UsageChartInteractive } from '../../../packages/react/src/charts/usage-chart-interactive.tsx';
import { UsagePlotStatic } from '../../../packages/react/src/charts/usage-plot-static.tsx';
import { hourlyFigures, hourlySeries } from './usage.ts';

const size = { width: 720, height: 260 };

/** What draws, and how one sees that it has drawn these figures. */
interface Contender {
  mount: (figures: number[]) => void;
  update: (figures: number[]) => void;
  unmount: () => void;
  isDrawn: () => boolean;
}

/** Until the browser has put on the screen what stands in the page now. */
function painted(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve();
      port2.postMessage(null);
    });
  });
}

const stage = document.getElementById('stage') as HTMLElement;
const pathOf = (selector: string) => stage.querySelector(selector)?.getAttribute('d') ?? '';

function inReact(selector: string, make: (figures: number[]) => () => ReactNode): Contender {
  let root = createRoot(stage);
  let before = '';
  return {
    mount(figures) {
      const render = make(figures);
      before = '';
      root = createRoot(stage);
      started = performance.now();
      root.render(render());
    },
    update(figures) {
      const render = make(figures);
      before = pathOf(selector);
      started = performance.now();
      root.render(render());
    },
    unmount: () => root.unmount(),
    isDrawn: () => pathOf(selector) !== '' && pathOf(selector) !== before,
  };
}

let started = 0;
const client = createFixtureClient();
const box = createRef<HTMLDivElement>();

function plotOf(figures: number[]) {
  const series = [hourlySeries(figures)];
  const nowMs = series[0]?.range.endMs ?? 0;
  const look = { shape: 'line', cumulative: false, bucket: 'hour', timeZone: 'UTC' } as const;
  return { series, nowMs, label: 'Usage', ...look, ...size };
}

function plainRecharts(figures: number[], dot: boolean): () => ReactNode {
  const data = figures.map((value, hour) => ({ hour, value }));
  return () => (
    <LineChart {...size} data={data}>
      <CartesianGrid />
      <XAxis dataKey="hour" />
      <YAxis />
      <Tooltip />
      <Line dataKey="value" dot={dot} isAnimationActive={false} />
    </LineChart>
  );
}

function uPlotContender(): Contender {
  let chart: uPlot | undefined;
  let drawn = false;
  const dataOf = (figures: number[]): uPlot.AlignedData => [
    figures.map((_, hour) => 1_735_689_600 + hour * 3_600),
    figures,
  ];
  return {
    mount(figures) {
      const data = dataOf(figures);
      drawn = false;
      started = performance.now();
      const options: uPlot.Options = {
        ...size,
        series: [{}, { stroke: 'blue', width: 2 }],
        hooks: {
          draw: [
            () => {
              drawn = true;
            },
          ],
        },
      };
      chart = new uPlot(options, data, stage);
    },
    update(figures) {
      const data = dataOf(figures);
      drawn = false;
      started = performance.now();
      chart?.setData(data);
    },
    unmount: () => chart?.destroy(),
    isDrawn: () => drawn,
  };
}

const contenders: Record<string, () => Contender> = {
  recharts: () => inReact('.recharts-line-curve', (figures) => plainRecharts(figures, false)),
  rechartsWithDots: () => inReact('.recharts-line-curve', (figures) => plainRecharts(figures, true)),
  uplot: uPlotContender,
  static: () =>
    inReact('[data-mb=line]', (figures) => {
      const plot = plotOf(figures);
      return () => (
        <MeterboardProvider client={client}>
          <UsagePlotStatic {...plot} summary="" />
        </MeterboardProvider>
      );
    }),
  interactive: () =>
    inReact('.recharts-line-curve', (figures) => {
      const plot = plotOf(figures);
      return () => (
        <MeterboardProvider client={client}>
          <div ref={box}>
            <UsageChartInteractive {...plot} box={box} fallback={null} />
          </div>
        </MeterboardProvider>
      );
    }),
  // The fault that the rows have to catch: every point is drawn by the library.
  everyPoint: () => inReact('.recharts-line-curve', (figures) => plainRecharts(figures, true)),
};

async function finish(contender: Contender): Promise<number> {
  while (!contender.isDrawn()) await painted();
  await painted();
  return performance.now() - started;
}

/** Milliseconds from the call to a drawn mount of so many points, and to a drawn update after it. */
async function measure(
  name: string,
  count: number,
  seed: number,
): Promise<{ mountMs: number; updateMs: number }> {
  const contender = contenders[name]?.();
  if (!contender) throw new Error(`There is no ${name}.`);
  await painted();
  contender.mount(hourlyFigures(count, seed));
  const mountMs = await finish(contender);
  await painted();
  contender.update(hourlyFigures(count, seed + 1));
  const updateMs = await finish(contender);
  contender.unmount();
  stage.replaceChildren();
  await painted();
  return { mountMs, updateMs };
}

Object.assign(globalThis, { measure });
