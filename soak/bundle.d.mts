export function bundlePrograms(): Promise<void>;
export function pathOf(program: string): string;
