// One master, in a process that was started for it.
// node master.mjs <task as JSON>
import { Reign } from '../reign.mjs';

await new Reign(JSON.parse(process.argv[2])).run();
