/** The environment of a program: what the command has itself, and the values of a document. */
import { CommandError } from '../../../command-error.js';
import { environmentOf, type NamingOptions } from '../../environment.js';

export interface VariablesOptions extends NamingOptions {
  /** Whether a value of the document counts where the command's own environment has a variable of that name. */
  readonly override?: boolean | undefined;
}

/**
 * What decides which code runs when a program starts. The author of a document decides about values, not about code; the variables of further
 * languages and tools would make a long list, and a prefix excludes them all.
 */
const DECIDES_CODE =
  /^(?:PATH|IFS|ENV|BASH_ENV|BASH_FUNC_.*|SHELLOPTS|LD_.*|DYLD_.*|GCONV_PATH|NODE_OPTIONS|NODE_PATH|NODE_EXTRA_CA_CERTS|PYTHON(?:PATH|HOME|STARTUP)|PERL5(?:LIB|OPT)|RUBY(?:LIB|OPT)|(?:_JAVA_OPTIONS|JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS)|GIT_(?:SSH|SSH_COMMAND|EXEC_PATH))$/;

/**
 * Returns the variables that the values of a document make, as `get --format env` names them. Those that `own` has are left out, unless
 * `override` says otherwise.
 * @throws `ERR_FORMAT` as `environmentOf` does; for a variable that decides which code a program runs
 */
export function variablesOf(
  value: unknown,
  { override = false, ...naming }: VariablesOptions,
  own: NodeJS.ProcessEnv,
): Map<string, string> {
  const entries = environmentOf(value, naming).filter(([name]) => override || own[name] === undefined);
  const [refused] = entries.find(([name]) => DECIDES_CODE.test(name)) ?? [];
  if (refused === undefined) return new Map(entries);
  throw new CommandError(
    'ERR_FORMAT',
    `the document has a value for ${refused}, which decides what code programs run`,
    {
      cure: 'put something in front of every name with --prefix <text>, or choose a part of the document without it',
    },
  );
}

/** Whether a program would find the same variables. */
export function sameVariables(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  return one.size === other.size && [...one].every(([name, text]) => other.get(name) === text);
}
