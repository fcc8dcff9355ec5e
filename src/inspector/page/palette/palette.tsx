/** Everything by its name: Ctrl-K or Cmd-K. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { commandsFor, type Surroundings } from './commands.js';

interface Properties {
  readonly surroundings: Surroundings;
  readonly onClose: () => void;
}

export function Palette({ surroundings, onClose }: Properties) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const commands = commandsFor(text, surroundings);
  const at = Math.min(active, commands.length - 1);
  useLayoutEffect(() => dialog.current?.showModal(), []); // before the next key
  useEffect(() => document.getElementById(`command-${at}`)?.scrollIntoView({ block: 'nearest' }), [at]);
  const run = (index: number): void => {
    dialog.current?.close();
    commands[index]?.run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setActive((at + step + commands.length) % Math.max(1, commands.length));
    else if (event.key === 'Enter') run(at);
    else return;
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it, which is what a dialog does by itself
    <dialog
      ref={dialog}
      class="palette"
      aria-label="Commands"
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && dialog.current?.close()}
    >
      <div class="palette-box">
        <input
          role="combobox"
          aria-label="Command, region, or /path"
          aria-expanded="true"
          aria-controls="commands"
          aria-activedescendant={`command-${at}`}
          placeholder="Command, region, or /path"
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
        />
        <div id="commands" class="commands" role="listbox" aria-label="Commands">
          {commands.map(({ title, group, keys }, i) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the input above has the keys
            <div
              key={`${group} ${title}`}
              id={`command-${i}`}
              class={`command ${i === at ? 'selected' : ''}`}
              role="option"
              tabIndex={-1}
              aria-selected={i === at}
              onClick={() => run(i)}
            >
              <span class="command-group">{group}</span>
              <span class="command-title">{title}</span>
              {keys !== undefined && <kbd>{keys}</kbd>}
            </div>
          ))}
          {commands.length === 0 && <p class="empty">No command has this name.</p>}
        </div>
      </div>
    </dialog>
  );
}
