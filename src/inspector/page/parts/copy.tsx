/** Copies to the clipboard, and says so. */
import { useEffect, useState } from 'preact/hooks';
import { announce } from './announce.js';
import { Icon } from './icons.js';

export interface CopyProperties {
  readonly label: string;
  /** What is copied; an `Error` says why that cannot be. */
  readonly text: () => Promise<string> | string;
}

export function CopyButton({ label, text }: CopyProperties) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  const onClick = (): void => {
    copyText(label, text).then(setCopied);
  };
  return (
    <button type="button" class="button quiet" aria-label={copied ? undefined : `Copy ${label}`} onClick={onClick}>
      <Icon name="copy" />
      {copied ? 'Copied' : label}
    </button>
  );
}

/** Copies a text and announces it. @returns whether it is on the clipboard */
export async function copyText(label: string, text: CopyProperties['text']): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(await text());
    announce(`${label} copied`);
    return true;
  } catch (error) {
    announce((error as Error).message);
    return false;
  }
}
