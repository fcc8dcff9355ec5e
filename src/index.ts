export { type ErrorCode, JsonMmapError } from './errors.js';
