/** `jsonmmap completion`: what makes the Tab key work. */
import { Argument, type Command } from 'commander';
import { type JsonOption, jsonOption } from '../command.js';
import { bashCompletion } from '../completion/bash.js';
import { fishCompletion } from '../completion/fish.js';
import { zshCompletion } from '../completion/zsh.js';
import type { Io } from '../io.js';

const SHELLS: Readonly<Record<string, string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

export function register(program: Command, io: Io): void {
  program
    .command('completion')
    .summary('print a completion script for bash, zsh or fish')
    .description(
      'Print a script that completes verbs, options, region names and pointers: eval "$(jsonmmap completion bash)".',
    )
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(SHELLS)))
    .addOption(jsonOption())
    .action(async (shell: string, { json }: JsonOption) => {
      const script = SHELLS[shell];
      await (json ? io.printJson({ shell, script }) : io.write(script));
    });
}
