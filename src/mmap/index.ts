/** `jsonmmap/mmap`: memory-mapped files, named shared memory, and one JSON object in it. */

export type { Access } from '../system/contract.js';
export type { Advice } from './advice.js';
export type { BytesLike, MmapOptions } from './arguments.js';
export { Mmap } from './mmap.js';
export { ObjectMmap } from './object-mmap.js';
