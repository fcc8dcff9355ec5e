// One master, in a process that was started for it.
// node master.mjs <task as JSON>
import { MasterLoop } from '../master-loop.mjs';

await new MasterLoop(JSON.parse(process.argv[2])).run();
