/** The text of the selected value, asked for again when it changes, if that is cheap. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { ValueAnswer } from '../../api.js';
import { isWithin } from '../client/pointers.js';
import type { LiveRegion } from '../live/live.js';
import { type Asked, useAnswer } from '../live/use-live.js';

/** A longer text is read again only when somebody asks for it: the server must read the whole value. */
const CHEAP_LENGTH = 100_000;
const EVERY_MS = 500;

export interface Value extends Asked<ValueAnswer> {
  /** Whether the value has changed since it was read. */
  readonly changed: boolean;
  /** How often it has been seen to change. */
  readonly changes: number;
  readonly reload: () => void;
}

export function useValue(live: LiveRegion, path: string): Value {
  const [turn, setTurn] = useState(0);
  const [changes, setChanges] = useState(0);
  const [changed, setChanged] = useState(false);
  const asked = useAnswer((signal) => live.client.value(path, undefined, signal), [live, path, turn]);
  const { answer } = asked;
  const isCheap = answer === undefined || answer.text.length < CHEAP_LENGTH;
  const cheap = useRef(isCheap);
  cheap.current = isCheap;
  const reload = useCallback(() => {
    setChanged(false);
    setTurn((last) => last + 1);
  }, []);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    setChanged(false);
    const end = live.onChanges((lines, complete) => {
      const touches = lines.some((line) => isWithin(line.path, path) || isWithin(path, line.path));
      if (!touches && complete) return;
      if (!cheap.current) {
        if (touches) setChanged(true);
        return;
      }
      timer ??= setTimeout(() => {
        timer = undefined;
        setChanges((last) => last + 1);
        setTurn((last) => last + 1);
      }, EVERY_MS);
    });
    return () => {
      end();
      clearTimeout(timer);
    };
  }, [live, path]);
  return { ...asked, changed, changes, reload };
}
