/** `jsonmmap/upstream`: one document on many hosts, through engines that exist. */
export { Agent } from './agent/agent.js';
export type { AgentOptions } from './agent/options.js';
export type { AgentEvents, AgentStatus, Refusal } from './agent/status.js';
export type { UpstreamEngine } from './contract.js';
export type { Position } from './log/position.js';
export { openUpstream } from './open.js';
export { type Pushed, type PushOptions, push, rollback } from './push.js';
