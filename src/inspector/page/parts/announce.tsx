/** One line for what has just happened: shown for some seconds, and read by screen readers. */
import { useEffect, useState } from 'preact/hooks';

const SHOWN_MS = 4000;

export function announce(text: string): void {
  window.dispatchEvent(new CustomEvent('announce', { detail: text }));
}

export function Announcer() {
  const [text, setText] = useState('');
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onAnnounce = (event: Event): void => {
      setText((event as CustomEvent<string>).detail);
      clearTimeout(timer);
      timer = setTimeout(() => setText(''), SHOWN_MS);
    };
    window.addEventListener('announce', onAnnounce);
    return () => {
      window.removeEventListener('announce', onAnnounce);
      clearTimeout(timer);
    };
  }, []);
  return (
    <div class="toast" role="status" data-shown={text !== ''}>
      {text}
    </div>
  );
}
