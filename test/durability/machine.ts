/** The machine that loses its power. This module is in several module graphs at once, which share one state. */
import type { Recorder } from './recorder.js';

interface Machine {
  /** Where its directories are made. */
  parent: string;
  /** Who is told of what happens to the disk; nobody while images are looked at. */
  recorder: Recorder | undefined;
  boot: number;
  /** How often a process has died: this one stands for many, one after the other. */
  deaths: number;
  /** Whether processes can tell one boot from another. */
  bootsAreTold: boolean;
}

const shared = globalThis as { jsonmmapMachine?: Machine };
shared.jsonmmapMachine ??= { parent: '', recorder: undefined, boot: 1, deaths: 0, bootsAreTold: true };

export const machine: Machine = shared.jsonmmapMachine;
