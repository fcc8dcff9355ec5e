/** Colour, where it is wanted. */
import { styleText } from 'node:util';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan';

/** Returns `text` in that style, or unchanged where colour is off. */
export type Paint = (style: Style, text: string) => string;

/**
 * Returns the painter for a stream: in colour on a terminal. `FORCE_COLOR` asks for it elsewhere too, `NO_COLOR` (https://no-color.org)
 * refuses it, and so does a terminal that is called dumb.
 */
export function painterFor(stream: { readonly isTTY?: boolean | undefined }, env: NodeJS.ProcessEnv): Paint {
  return isColoured(stream, env) ? coloured : plain;
}

export function plain(_style: Style, text: string): string {
  return text;
}

/** Whether colour is wanted has been decided here, not by the stream that Node would ask. */
function coloured(style: Style, text: string): string {
  return text === '' ? '' : styleText(style, text, { validateStream: false });
}

function isColoured({ isTTY = false }: { readonly isTTY?: boolean | undefined }, env: NodeJS.ProcessEnv): boolean {
  if (env.FORCE_COLOR !== undefined) return !['0', 'false'].includes(env.FORCE_COLOR);
  if (env.NO_COLOR) return false;
  return isTTY && env.TERM !== 'dumb';
}
