/** What a region does in each second, since the page was opened. */

import type { LiveRegion } from '../live/live.js';
import type { Sample } from '../live/samples.js';
import { Chart } from '../parts/chart.js';
import { bytes } from '../parts/format.js';
import { Empty } from '../parts/message.js';

interface ChartSpec {
  readonly title: string;
  readonly unit: (value: number) => string;
  readonly of: (sample: Sample) => number | undefined;
}

const CHARTS: readonly ChartSpec[] = [
  { title: 'Publishes per second', unit: rate, of: ({ publishesPerSecond }) => publishesPerSecond },
  { title: 'Bytes appended per second', unit: bytes, of: ({ appendedPerSecond }) => appendedPerSecond },
  { title: 'Changed values per second', unit: rate, of: ({ operationsPerSecond }) => operationsPerSecond },
  { title: 'Segment in use', unit: bytes, of: ({ usedBytes }) => usedBytes },
  { title: 'Publish, mean', unit: microseconds, of: ({ publishUs }) => publishUs },
  { title: 'Compaction, mean', unit: milliseconds, of: ({ compactionMs }) => compactionMs },
];

export function RatesView({ live }: { readonly live: LiveRegion }) {
  const { samples } = live;
  const shown = CHARTS.filter(({ of }) => samples.some((sample) => of(sample) !== undefined));
  const compactions = samples.filter(({ compacted }) => compacted).map(({ at }) => at / 1000);
  return (
    <section class="view scrolls" aria-label="Rates">
      {samples.length < 2 ? (
        <Empty>The first rates appear after two seconds.</Empty>
      ) : (
        <div class="charts">
          {shown.map(({ title, unit, of }) => (
            <Chart
              key={title}
              title={title}
              unit={unit}
              times={samples.map(({ at }) => at / 1000)}
              values={samples.map((sample) => of(sample) ?? null)}
              marks={compactions}
            />
          ))}
        </div>
      )}
    </section>
  );
}

function rate(value: number): string {
  return value >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(1);
}

function microseconds(value: number): string {
  return `${value.toFixed(value < 10 ? 1 : 0)} µs`;
}

function milliseconds(value: number): string {
  return `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}
