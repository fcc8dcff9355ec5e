/** One line over time, by uPlot. Its colours are those of the style sheet, read again when the theme changes. */
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { bytes } from './format.js';

interface Properties {
  readonly title: string;
  readonly unit: (value: number) => string;
  /** Seconds since 1970. */
  readonly times: number[];
  readonly values: (number | null)[];
  /** Moments to mark: compactions. */
  readonly marks: readonly number[];
}

const HEIGHT_PX = 150;
/** A time at the end of the axis is centred below its mark. */
const HALF_TIME_PX = 28;
/** Steps of an axis of bytes. Multiples of ten are odd numbers of KiB. */
const BYTE_STEPS = Array.from({ length: 44 }, (_, power) => 2 ** power);
/** A chart that has just begun is as wide as one that has gone on for this long. */
const SHORTEST_S = 60;

export function Chart({ title, unit, times, values, marks }: Properties) {
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const moments = useRef(marks);
  moments.current = marks;
  const last = values.findLast((value) => value !== null);
  useEffect(() => {
    const box = element.current as HTMLDivElement;
    const draw = (): void => {
      chart.current?.destroy();
      chart.current = new uPlot(optionsOf(box, unit, moments), [times, values], box);
    };
    draw();
    const observer = new ResizeObserver(() => chart.current?.setSize({ width: box.clientWidth, height: HEIGHT_PX }));
    observer.observe(box);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    window.addEventListener('themechange', draw);
    dark.addEventListener('change', draw);
    return () => {
      observer.disconnect();
      window.removeEventListener('themechange', draw);
      dark.removeEventListener('change', draw);
      chart.current?.destroy();
    };
  }, []);
  useEffect(() => chart.current?.setData([times, values]), [times.at(-1)]);
  return (
    <figure class="chart">
      <figcaption>
        <span>{title}</span>
        <output>{last === undefined || last === null ? '–' : unit(last)}</output>
      </figcaption>
      <div
        ref={element}
        class="chart-box"
        role="img"
        aria-label={`${title}: now ${last == null ? 'not known' : unit(last)}`}
      />
    </figure>
  );
}

function optionsOf(
  box: HTMLElement,
  unit: Properties['unit'],
  marks: { readonly current: readonly number[] },
): uPlot.Options {
  const style = getComputedStyle(box);
  const [line, fill, grid, text] = ['--chart-line', '--chart-fill', '--chart-grid', '--chart-text'].map((name) =>
    resolved(box, style.getPropertyValue(name)),
  );
  const font = `11px ${style.fontFamily}`;
  const axis = { stroke: text, font, grid: { stroke: grid, width: 1 }, ticks: { show: false } };
  return {
    width: box.clientWidth,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { y: false, points: { size: 6 } },
    padding: [8, HALF_TIME_PX, 0, 0],
    scales: {
      x: { range: (_, min, max) => [Math.min(min, max - SHORTEST_S), max] },
      y: { range: (_, __, max) => [0, max > 0 ? max * 1.15 : 1] },
    },
    axes: [
      { ...axis, size: 26, values: '{HH}:{mm}:{ss}', space: 80 } as uPlot.Axis,
      {
        ...axis,
        size: 64,
        space: 36,
        values: (_, ticks) => ticks.map(unit),
        ...(unit === bytes && { incrs: BYTE_STEPS }),
      },
    ],
    series: [{}, { stroke: line, fill, width: 1.5, points: { show: isAlone }, spanGaps: true }],
    hooks: { draw: [(plot) => drawMarks(plot, marks.current, text)] },
  };
}

/** A value that is the only one makes no line. Masters measure one publish of many, so a quiet region has few. */
function isAlone({ data }: uPlot, series: number): boolean {
  return Array.from(data[series]).filter((value) => value != null).length === 1;
}

/** A canvas takes no `light-dark()`: the browser computes it for an element. */
function resolved(box: HTMLElement, colour: string): string {
  const probe = box.appendChild(document.createElement('i'));
  probe.style.color = colour;
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

function drawMarks({ ctx, bbox, valToPos }: uPlot, marks: readonly number[], colour: string): void {
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.setLineDash([3, 3]);
  for (const mark of marks) {
    const x = Math.round(valToPos(mark, 'x', true)) + 0.5;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}
