export interface Space {
  writes: number;
  segmentBytes: number;
  mostBytes: number;
  faults: string[];
}
export function rewrite(task: {
  dir: string;
  kinds: readonly string[];
  documentBytes: number;
  ended(found: Space): boolean;
  pauseMs?: number;
}): Promise<Space>;
