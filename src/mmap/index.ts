/** `jsonmmap/mmap`: memory-mapped files, named shared memory, and one JSON object in it. */
export type { Advice } from './advice.js';
export type { BytesLike, MmapOptions } from './arguments.js';
export type { Access } from './contract.js';
export { Mmap } from './mmap.js';
export { ObjectMmap } from './object-mmap.js';
