// What the numbers were measured on.
import { cpus, release, totalmem, type } from 'node:os';

export function machine() {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryBytes: totalmem(),
    kernel: `${type()} ${release()}`,
    node: process.version,
    v8: process.versions.v8,
  };
}
