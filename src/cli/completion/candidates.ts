/** What the word at the cursor can become. */
import { homedir } from 'node:os';
import { Follower } from '../../follower/follower.js';
import { regions } from '../../region/list.js';
import type { Where } from '../command.js';
import type { Io } from '../io.js';
import { localTime } from '../output/words.js';
import { ANSWERED, createProgram, VALUED } from '../program.js';
import { verbs } from '../verbs.js';
import { pointersFrom } from './keys.js';
import { type Kind, modelOf, type OptionModel, type VerbModel } from './model.js';

export interface Candidate {
  readonly text: string;
  readonly summary?: string | undefined;
}

export interface Candidates {
  /** What the shell offers by itself, besides `found`. */
  readonly offer: 'files' | 'directories' | 'nothing';
  readonly found: readonly Candidate[];
  /** Whether the word is incomplete, so that no blank follows. */
  readonly open: boolean;
}

const NOTHING: Candidates = { offer: 'nothing', found: [], open: false };
const words = (texts: readonly string[]): Candidates => ({ ...NOTHING, found: texts.map((text) => ({ text })) });

/** Returns what `current` can become behind the words `before`, the command itself left out. */
export async function candidatesFor(io: Io, before: readonly string[], current: string): Promise<Candidates> {
  const at = before.findIndex((word, i) => !word.startsWith('-') && !VALUED.has(before[i - 1]));
  const { found, ...rest } = await (at < 0
    ? aboutVerbs(io, before, current)
    : withinVerb(io, before[at], [...before.slice(0, at), ...before.slice(at + 1)], current));
  return { ...rest, found: found.filter(({ text }) => text.startsWith(current)) };
}

async function aboutVerbs(io: Io, before: readonly string[], current: string): Promise<Candidates> {
  if (before.at(-1) === '--dir') return { ...NOTHING, offer: 'directories' };
  if (VALUED.has(before.at(-1) ?? '')) return NOTHING;
  if (current.startsWith('-')) return words([...ANSWERED, '--dir']);
  const { commands } = await createProgram(io);
  const found = commands.map((command) => ({ text: command.name(), summary: command.summary() }));
  return { ...NOTHING, found: [...found, { text: 'help', summary: 'show the help of a verb' }] };
}

async function withinVerb(io: Io, verb: string, before: readonly string[], current: string): Promise<Candidates> {
  if (verb === 'help') return before.length === 0 ? words(Object.keys(verbs)) : NOTHING;
  if (!Object.hasOwn(verbs, verb)) return NOTHING;
  const [model] = modelOf(await createProgram(io, verb));
  const optionOf = (flag: string | undefined) => model.options.find(({ flags }) => flag && flags.includes(flag));
  if (before.includes('--')) return { ...NOTHING, offer: 'files' };
  const given = understood(before, optionOf);
  const [, flag, begun] = /^(--[\w-]+)=(.*)$/s.exec(current) ?? [];
  if (flag !== undefined) {
    const { found, ...rest } = valuesOf(optionOf(flag), given, begun);
    return { ...rest, found: found.map(({ text, summary }) => ({ text: `${flag}=${text}`, summary })) };
  }
  if (optionOf(before.at(-1))?.value !== undefined) return valuesOf(optionOf(before.at(-1)), given, current);
  if (current.startsWith('-')) return { ...NOTHING, found: flagsOf(model, before) };
  const word = model.words[given.words.length] ?? model.words.findLast(({ variadic }) => variadic);
  return word === undefined ? NOTHING : ofKind(word.kind, word.choices, given, current);
}

/** What the words before the cursor say. */
interface Given {
  readonly words: readonly string[];
  readonly where: Where;
}

function understood(before: readonly string[], optionOf: (flag: string) => OptionModel | undefined): Given {
  const given: string[] = [];
  const values = new Map<string, string>();
  for (let i = 0; i < before.length; i++) {
    const [flag, value] = before[i].split(/=(.*)/s);
    if (!flag.startsWith('-') || flag === '-') given.push(before[i]);
    else if (optionOf(flag)?.value !== undefined) values.set(flag, value ?? before[++i] ?? '');
  }
  const owner = values.get('--owner');
  const where = {
    dir: values.get('--dir')?.replace(/^~(?=\/|$)/, homedir()),
    owner: owner ? Number(owner) : undefined,
  };
  return { words: given, where };
}

function flagsOf({ options }: VerbModel, before: readonly string[]): Candidate[] {
  const left = options.filter(({ flags }) => !flags.some((flag) => before.includes(flag)));
  return [
    ...left.flatMap(({ flags, summary }) => flags.map((text) => ({ text, summary }))),
    { text: '--help', summary: 'show this help' },
  ];
}

function valuesOf(option: OptionModel | undefined, given: Given, begun: string): Candidates {
  return option?.value === undefined ? NOTHING : ofKind(option.value, option.choices, given, begun);
}

function ofKind(kind: Kind, choices: readonly string[], { words: given, where }: Given, begun: string): Candidates {
  switch (kind) {
    case 'choice':
      return words(choices);
    case 'file':
      return { ...NOTHING, offer: 'files' };
    case 'directory':
      return { ...NOTHING, offer: 'directories' };
    case 'region':
      return words(
        regions(where)
          .map(({ name }) => name)
          .filter((name) => !given.includes(name)),
      );
    case 'pointer':
      return given[0] === undefined ? NOTHING : { ...words(pointersFrom(given[0], where, begun)), open: true };
    case 'version':
      return given[0] === undefined ? NOTHING : { ...NOTHING, found: versionsOf(given[0], where) };
    case 'comparison':
      return given[0] === undefined ? NOTHING : { ...NOTHING, offer: 'files', found: versionsOf(given[0], where) };
    case 'other':
      return NOTHING;
  }
}

function versionsOf(name: string, where: Where): Candidate[] {
  const follower = Follower.open(name, where);
  try {
    return follower
      .history()
      .map(({ version, committedAt }) => ({ text: String(version), summary: localTime(committedAt) }));
  } finally {
    follower.close();
  }
}
