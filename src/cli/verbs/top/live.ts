/** `top` on a terminal: draws what there is at each tick, and does what keys say in between. */
import type { Io } from '../../io.js';
import { sorted } from './columns.js';
import { helpFrame, regionFrame, TABLE_FRAME_LINES, tableFrame } from './frames.js';
import { Keyboard } from './keyboard.js';
import type { RegionDetails } from './one-region.js';
import type { RegionRow } from './regions.js';
import { Screen } from './screen.js';
import { type Key, press, type View } from './view.js';
import type { Watched } from './watched.js';

/**
 * Shows `watched` until a key, `signal` or the number of ticks ends it. The terminal is as before then, but for the last frame where the
 * ticks have ended it.
 */
export async function showLive(
  io: Io,
  watched: Watched,
  view: View,
  ticks: number,
  signal: AbortSignal,
): Promise<void> {
  const live = new Live(io, watched, view, ticks);
  const screen = await Screen.open(io, () => live.redraw());
  const keyboard = new Keyboard(io.in, (key) => live.press(key));
  const onContinue = (): void => live.goOn();
  process.on('SIGCONT', onContinue);
  try {
    await live.run(screen, keyboard, signal);
  } finally {
    process.off('SIGCONT', onContinue);
    keyboard.close();
    screen.clear();
    screen.close();
  }
}

class Live {
  readonly #io: Io;
  readonly #watched: Watched;
  #view: View;
  #ticksLeft: number;
  #screen: Screen | undefined;
  #keyboard: Keyboard | undefined;
  #rows: readonly RegionRow[] = [];
  #details: RegionDetails | undefined;
  #lookedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #end: (error?: unknown) => void = () => {};

  constructor(io: Io, watched: Watched, view: View, ticks: number) {
    this.#io = io;
    this.#watched = watched;
    this.#view = view;
    this.#ticksLeft = ticks;
  }

  /** Resolves when it has ended. @throws what a look has failed with */
  async run(screen: Screen, keyboard: Keyboard, signal: AbortSignal): Promise<void> {
    this.#screen = screen;
    this.#keyboard = keyboard;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#end = (error) => (error === undefined ? resolve() : reject(error));
        signal.addEventListener('abort', () => resolve(), { once: true });
        if (signal.aborted) resolve();
        this.#guarded(() => this.#tick());
      });
    } finally {
      clearInterval(this.#timer);
      this.#screen = undefined;
    }
  }

  press(key: Key): void {
    this.#guarded(() => {
      const wish = press(this.#view, key, this.#names(), this.#pageRows());
      if (wish === 'quit') this.#end();
      else if (wish === 'interrupt') process.kill(process.pid, 'SIGINT');
      else if (wish === 'suspend') this.#suspend();
      else this.#show(wish);
    });
  }

  redraw(): void {
    this.#guarded(() => this.#draw());
  }

  /** The shell has brought this to the foreground again. */
  goOn(): void {
    this.#keyboard?.resume();
    this.redraw();
  }

  #tick(): void {
    this.#timer ??= setInterval(() => this.#guarded(() => this.#tick()), this.#watched.intervalMs);
    if (this.#view.paused) return;
    this.#look();
    this.#draw();
    if (--this.#ticksLeft > 0) return;
    this.#screen?.leave();
    this.#end();
  }

  #show(view: View): void {
    const before = this.#view;
    this.#view = view;
    if (view.open !== before.open || (before.paused && !view.paused)) this.#look();
    this.#draw();
  }

  #look(): void {
    const { open } = this.#view;
    if (open === undefined) this.#rows = this.#watched.rows();
    else this.#details = this.#watched.details(open);
    this.#lookedAt = Date.now();
  }

  #draw(): void {
    if (this.#screen === undefined) return;
    const { width, height } = this.#screen;
    const canvas = { width, height, paint: this.#io.paint };
    const { directory, intervalMs } = this.#watched;
    const heading = { directory, intervalMs, atMs: this.#lookedAt };
    const { help, open } = this.#view;
    if (help) this.#screen.draw(helpFrame(canvas));
    else if (open === undefined) this.#screen.draw(tableFrame(this.#rows, this.#view, heading, canvas));
    else if (this.#details !== undefined) this.#screen.draw(regionFrame(this.#details, this.#view, heading, canvas));
  }

  /** Gives the terminal to the shell, until that continues this process. */
  #suspend(): void {
    this.#keyboard?.pause();
    this.#screen?.clear();
    process.kill(process.pid, 'SIGTSTP');
  }

  #names(): string[] {
    return sorted(this.#rows, this.#view.sort, this.#view.reversed).map(({ name }) => name);
  }

  #pageRows(): number {
    return Math.max(1, (this.#screen?.height ?? 1) - TABLE_FRAME_LINES);
  }

  /** An error in an event would end the process and leave the terminal in raw mode. */
  #guarded(body: () => void): void {
    try {
      body();
    } catch (error) {
      this.#end(error);
    }
  }
}
