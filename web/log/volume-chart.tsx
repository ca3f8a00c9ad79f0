import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useIsDark, useTexts } from '../preferences.ts';
import type { Series } from './stats-series.ts';

/** Stacked bars: delivered below, failed on top. */
export default function VolumeChart({ series }: { readonly series: Series }) {
  const t = useTexts();
  const isDark = useIsDark();
  const holder = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const latest = useRef(series);
  latest.current = series;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are read from the page, which `isDark` changes
  useEffect(() => {
    const element = holder.current;
    if (element === null) return;
    const made = new uPlot(
      optionsOf(element, t.log.delivered, t.log.failed),
      dataOf(latest.current),
      element,
    );
    chart.current = made;
    const observer = new ResizeObserver(() =>
      made.setSize({ width: element.clientWidth, height: element.clientHeight }),
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      chart.current = null;
    };
  }, [t, isDark]);

  useEffect(() => chart.current?.setData(dataOf(series)), [series]);

  return <div className="uplot-holder" ref={holder} />;
}

/** uPlot draws series over each other: the sum first, then what is delivered in front of it. */
function dataOf({ seconds, delivered, failed }: Series): uPlot.AlignedData {
  const sum = delivered.map((count, index) => count + (failed[index] ?? 0));
  return [[...seconds], sum, [...delivered]];
}

function optionsOf(element: HTMLElement, delivered: string, failed: string): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const bars = uPlot.paths.bars?.({ size: [0.7, 24], radius: 0.15 });
  const axis = {
    stroke: colour('--faint'),
    font: `11px ${style.fontFamily}`,
    grid: { show: false },
    ticks: { show: false },
  };
  const filled = (name: string) => ({
    fill: colour(name),
    stroke: colour(name),
    width: 0,
    points: { show: false },
    ...(bars && { paths: bars }),
  });
  return {
    width: element.clientWidth,
    height: element.clientHeight,
    padding: [6, 18, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: { y: { range: (_chart, _min, max) => [0, Math.max(1, max)] } },
    axes: [
      {
        ...axis,
        size: 20,
        space: 70,
        values: (_chart, splits) => splits.map((second) => timeLabel(second, splits)),
      },
      {
        ...axis,
        size: 34,
        space: 28,
        grid: { show: true, stroke: colour('--line'), width: 1 },
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6, 1e7],
        values: (_chart, splits) => splits.map(shortCount),
      },
    ],
    series: [{}, { label: failed, ...filled('--bad-fill') }, { label: delivered, ...filled('--good-fill') }],
    plugins: [tipPlugin(delivered, failed)],
  };
}

function timeLabel(second: number, splits: readonly number[]): string {
  const date = new Date(second * 1_000);
  const two = (n: number) => String(n).padStart(2, '0');
  const day = `${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const step = (splits[1] ?? second) - (splits[0] ?? second);
  return step >= 43_200 ? day : `${two(date.getHours())}:${two(date.getMinutes())}`;
}

function shortCount(count: number): string {
  if (count >= 1e6) return `${count / 1e6}M`;
  return count >= 1e3 ? `${count / 1e3}k` : String(count);
}

/** What the bar under the pointer stands for. */
function tipPlugin(delivered: string, failed: string): uPlot.Plugin {
  const tip = document.createElement('div');
  tip.className = 'chart-tip';
  return {
    hooks: {
      init: (chart) => chart.over.append(tip),
      setCursor: (chart) => {
        const { idx } = chart.cursor;
        const [seconds, sums, goods] = chart.data;
        const second = idx === null || idx === undefined ? undefined : seconds?.[idx];
        tip.hidden = second === undefined;
        if (second === undefined || idx === null || idx === undefined) return;
        const good = goods?.[idx] ?? 0;
        const bad = (sums?.[idx] ?? 0) - good;
        const date = new Date(second * 1_000);
        tip.textContent = `${date.toLocaleString(document.documentElement.lang, {
          month: '2-digit',
          day: '2-digit',
          hour: '2-digit',
          minute: '2-digit',
          hour12: false,
        })} · ${delivered} ${good} · ${failed} ${bad}`;
        const x = chart.valToPos(second, 'x');
        const room = chart.over.clientWidth - tip.offsetWidth;
        tip.style.left = `${Math.max(0, Math.min(room, x - tip.offsetWidth / 2))}px`;
      },
    },
  };
}
