/** What is heavy: the space of the region, and the children of a container by weight. */
import { useState } from 'preact/hooks';
import type { SpaceAnswer, Weight } from '../../api.js';
import { childOf, tokensOf } from '../client/pointers.js';
import type { LiveRegion } from '../live/live.js';
import { useAnswer } from '../live/use-live.js';
import { bytes, count, share } from '../parts/format.js';
import { Empty, Problem } from '../parts/message.js';
import { Meter } from '../parts/meter.js';
import { PreviewText } from '../parts/preview.js';

export function SizesView({ live }: { readonly live: LiveRegion }) {
  const [path, setPath] = useState('');
  const [turn, setTurn] = useState(0);
  const space = useAnswer((signal) => live.client.space(signal), [live, turn]);
  const { answer, error, busy } = useAnswer((signal) => live.client.sizes(path, signal), [live, path, turn]);
  return (
    <section class="view scrolls" aria-label="Sizes">
      {space.error !== undefined && <Problem error={space.error} />}
      {space.answer !== undefined && <Space space={space.answer} />}
      <div class="bar">
        <Crumbs path={path} onPath={setPath} />
        {answer !== undefined && (
          <span class="bar-note">
            {bytes(answer.bytes)} at version {count(answer.version)}
          </span>
        )}
        <button type="button" class="button quiet end" disabled={busy} onClick={() => setTurn(turn + 1)}>
          Measure again
        </button>
      </div>
      {error !== undefined && <Problem error={error} />}
      {answer === undefined && busy && <Empty>Measuring…</Empty>}
      {answer !== undefined && (
        <table class="table weights">
          <caption class="visually-hidden">The heaviest children, heaviest first</caption>
          <thead>
            <tr>
              <th scope="col">Key</th>
              <th scope="col">Value</th>
              <th scope="col" class="number">
                Size
              </th>
              <th scope="col" class="number">
                Share
              </th>
              <th scope="col" class="meter-cell">
                <span class="visually-hidden">Bar</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {answer.heaviest.map((weight) => (
              <WeightLine
                key={weight.key}
                weight={weight}
                of={answer.bytes}
                largest={answer.heaviest[0].bytes}
                onOpen={() => setPath(childOf(path, weight.key))}
              />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

interface LineProperties {
  readonly weight: Weight;
  readonly of: number;
  readonly largest: number;
  readonly onOpen: () => void;
}

function WeightLine({ weight, of, largest, onOpen }: LineProperties) {
  const isContainer = weight.kind === 'object' || weight.kind === 'array';
  return (
    <tr>
      <th scope="row" class="mono">
        {isContainer ? (
          <button type="button" class="link" onClick={onOpen}>
            {weight.key}
          </button>
        ) : (
          weight.key
        )}
      </th>
      <td class="mono clip">
        <PreviewText preview={weight} />
      </td>
      <td class="number">{bytes(weight.bytes)}</td>
      <td class="number">{share(weight.bytes, of)}</td>
      <td class="meter-cell">
        <Meter value={weight.bytes} of={largest} />
      </td>
    </tr>
  );
}

function Crumbs({ path, onPath }: { readonly path: string; readonly onPath: (path: string) => void }) {
  const tokens = tokensOf(path);
  const ancestors = tokens.map((_, i) => tokens.slice(0, i + 1).reduce(childOf, ''));
  return (
    <nav class="crumbs mono" aria-label="Container that is measured">
      {['', ...ancestors].map((one, i) => (
        <button
          type="button"
          class="link"
          key={one}
          aria-current={one === path ? 'location' : undefined}
          onClick={() => onPath(one)}
        >
          {i === 0 ? '(document)' : `/${tokens[i - 1]}`}
        </button>
      ))}
    </nav>
  );
}

function Space({ space }: { readonly space: SpaceAnswer }) {
  const { liveBytes, garbageBytes, spareBytes, freeBytes, files } = space;
  const all = liveBytes + garbageBytes + spareBytes;
  const parts = [
    { name: 'live', what: 'Live', size: liveBytes },
    { name: 'garbage', what: 'Garbage', size: garbageBytes },
    { name: 'spare', what: 'Spare', size: spareBytes },
  ];
  return (
    <div class="space">
      <div class="space-bar" aria-hidden="true">
        {parts.map(({ name, size }) => (
          <span key={name} class={`space-part space-${name}`} style={{ flexGrow: size }} />
        ))}
      </div>
      <dl class="numbers">
        {parts.map(({ name, what, size }) => (
          <div key={name}>
            <dt>
              <span class={`swatch space-${name}`} aria-hidden="true" />
              {what}
            </dt>
            <dd>
              {bytes(size)} <small>{share(size, all)}</small>
            </dd>
          </div>
        ))}
        <div>
          <dt>Left in the file system</dt>
          <dd>{bytes(freeBytes)}</dd>
        </div>
      </dl>
      <ul class="files mono">
        {files.map(({ path, sizeBytes }) => (
          <li key={path}>
            <span class="clip-start">{path}</span>
            <span class="number">{bytes(sizeBytes)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
