export function mountSmall(path: string, size?: string): (() => void) | undefined;
