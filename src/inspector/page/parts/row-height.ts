/** How high a row is, in pixels, as `--row` of the style sheet says: higher where fingers point. */
import { useEffect, useState } from 'preact/hooks';

const NARROW = '(max-width: 640px)';

export function useRowHeight(): number {
  const isNarrow = useMedia(NARROW);
  return isNarrow ? 34 : 26;
}

export function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const onChange = (): void => setMatches(list.matches);
    list.addEventListener('change', onChange);
    return () => list.removeEventListener('change', onChange);
  }, [query]);
  return matches;
}
